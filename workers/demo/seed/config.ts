import path from 'node:path';
import { z } from 'zod';

const environment = z.object({
  ORDER_SERVICE_URL: z.url().optional(),
  ORDER_SERVICE_PORT: z.coerce.number().int().default(4100),
  ORDER_SERVICE_BOOTSTRAP_KEY: z.string().min(16),
  DEMO_AGENTS_FILE: z.string().min(1).optional(),
});

export interface SeedConfig {
  orderService: string;
  bootstrapKey: string;
  /** The doorway for scripts. */
  demoFile: string;
  /** The agents' own keys, and nothing else. */
  agentsFile: string;
  /** What the seed must remember between starts. */
  keptFile: string;
}

/** Where the seed finds the order service, and where in the data directory its files go. */
export function seedConfig(dataDir: string, source: NodeJS.ProcessEnv = process.env): SeedConfig {
  const parsed = environment.parse(source);
  return {
    orderService: parsed.ORDER_SERVICE_URL ?? `http://127.0.0.1:${parsed.ORDER_SERVICE_PORT}`,
    bootstrapKey: parsed.ORDER_SERVICE_BOOTSTRAP_KEY,
    demoFile: path.join(dataDir, 'demo.json'),
    agentsFile: parsed.DEMO_AGENTS_FILE ?? path.join(dataDir, 'demo-agents.json'),
    keptFile: path.join(dataDir, 'demo-seed.json'),
  };
}
