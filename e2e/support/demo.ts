import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { dataDir } from './leftovers';

/** The roles a member of the demo workspace can have. */
export const roleSchema = z.enum(['admin', 'approver', 'auditor']);
export type Role = z.infer<typeof roleSchema>;

/** `demo.json`, the doorway for scripts that drive the demo from outside. */
export const demoSchema = z.object({
  console: z.url(),
  gateway: z.url(),
  workspace: z.string().startsWith('ws_'),
  members: z.array(
    z.object({ role: roleSchema, email: z.string(), password: z.string(), token: z.string() }),
  ),
  agents: z.array(
    z.object({
      id: z.string().startsWith('agt_'),
      name: z.string(),
      client_id: z.string(),
      private_jwk: z.record(z.string(), z.unknown()),
    }),
  ),
  examples: z.array(
    z.object({
      agent: z.string(),
      expect: z.enum(['tier1', 'tier2', 'tier3', 'deny']),
      request: z.looseObject({ action: z.string(), parameters: z.record(z.string(), z.unknown()) }),
      session: z.record(z.string(), z.unknown()),
    }),
  ),
});
export type Demo = z.infer<typeof demoSchema>;
export type DemoAgent = Demo['agents'][number];

/** A member of the role; `which` chooses among several. */
export function memberOf(demo: Demo, role: Role, which = 0): Demo['members'][number] {
  const member = demo.members.filter((candidate) => candidate.role === role)[which];
  if (member === undefined) throw new Error(`the demo has no ${role} number ${which}`);
  return member;
}

/** One of the demo's agents by its name. */
export function agentOf(demo: Demo, name: string): DemoAgent {
  const found = demo.agents.find((agent) => agent.name === name);
  if (found === undefined) throw new Error(`the demo has no agent ${name}`);
  return found;
}

/** The first example with this outcome, of one action type where it is named. */
export function exampleOf(
  demo: Demo,
  expect: Demo['examples'][number]['expect'],
  action?: string,
): Demo['examples'][number] {
  const found = demo.examples.find(
    (example) =>
      example.expect === expect && (action === undefined || example.request.action === action),
  );
  if (found === undefined) throw new Error(`the demo has no ${expect} example of ${action}`);
  return found;
}

/** Where this worker's product says how it is reached. */
export function demoFile(): string {
  return join(dataDir(), 'demo.json');
}

/** Reads a `demo.json`; by default that of this worker's product. */
export function readDemo(file = demoFile()): Demo {
  return demoSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
}
