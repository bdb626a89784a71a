import { readFileSync } from 'node:fs';
import { z } from 'zod';

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

/** Reads a `demo.json`; by default that of the product which the global setup started. */
export function readDemo(file = process.env.COUNTERSIGN_E2E_DEMO): Demo {
  if (file === undefined)
    throw new Error('no product: run the journeys with `npx playwright test`');
  return demoSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
}
