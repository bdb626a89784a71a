import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

/** The roles that the demo's agents play. */
export const ROLES = [
  'customer-support',
  'refund-handler',
  'privacy-desk',
  'order-analyst',
] as const;
export type AgentRole = (typeof ROLES)[number];

const DEFAULT_PACE = 15;

const environment = z.object({
  DEMO_AGENTS_FILE: z.string().min(1),
  DEMO_PACE: z.coerce.number().min(0).max(60_000).default(DEFAULT_PACE),
});

/** All that the agents hold: where the gateway is, and each one's own key. */
export const agentsFile = z.object({
  gateway: z.url(),
  agents: z
    .array(
      z.object({
        role: z.enum(ROLES),
        name: z.string(),
        client_id: z.string(),
        private_jwk: z.looseObject({ kty: z.string() }),
      }),
    )
    .min(1),
});
export type AgentsFile = z.infer<typeof agentsFile>;

const paceFile = z.object({ pace: z.number().min(0).max(60_000) });

export interface AgentsConfig {
  agentsFile: string;
  paceFile: string;
  /** Runs a minute over all agents, when the pace file does not say. */
  pace: number;
}

/** The agents' settings from their environment. */
export function agentsConfig(source: NodeJS.ProcessEnv = process.env): AgentsConfig {
  const parsed = environment.parse(source);
  return {
    agentsFile: parsed.DEMO_AGENTS_FILE,
    paceFile: path.join(path.dirname(parsed.DEMO_AGENTS_FILE), 'demo-pace.json'),
    pace: parsed.DEMO_PACE,
  };
}

/** The agents file, or undefined while it is missing or half written. */
export function readAgentsFile(file: string): AgentsFile | undefined {
  return agentsFile.safeParse(readJson(file)).data;
}

/** Runs a minute right now: the pace file's word when it has one, else the default; 0 pauses. */
export function currentPace(config: AgentsConfig): number {
  return paceFile.safeParse(readJson(config.paceFile)).data?.pace ?? config.pace;
}

function readJson(file: string): unknown {
  try {
    return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
  } catch {
    return undefined;
  }
}
