import { z } from 'zod';

const instant = z.iso.datetime();

export const AgentAtRisk = z.object({
  id: z.string(),
  name: z.string(),
  state: z.string(),
  sponsor: z.string().nullable(),
  denied: z.number(),
  decided: z.number(),
  why: z.string(),
});
export type AgentAtRisk = z.output<typeof AgentAtRisk>;

/** What an agent's first action takes, and whether it is there. */
export const FirstSteps = z.object({
  tool: z.boolean(),
  actionType: z.boolean(),
  permission: z.boolean(),
  /** One that acts, in a role. */
  agent: z.boolean(),
  approver: z.boolean(),
});
export type FirstSteps = z.output<typeof FirstSteps>;

/** What the overview shows: the last 24 hours, and what waits now. */
export const Overview = z.object({
  since: instant,
  decisions: z.object({
    allow: z.number(),
    hold: z.number(),
    deny: z.number(),
    /** In the minute before now. */
    lastMinute: z.number(),
  }),
  /** By minute over the last hour. */
  minutes: z.array(
    z.object({ at: instant, allow: z.number(), hold: z.number(), deny: z.number() }),
  ),
  /** The commonest reasons of denials. */
  reasons: z.array(z.object({ code: z.string(), count: z.number() })),
  waiting: z.object({ count: z.number(), oldest: instant.nullable() }),
  unknown: z.number(),
  reviews: z.object({ open: z.number(), sampled: z.number(), overdue: z.number() }),
  rotations: z.object({ running: z.number(), failed: z.number(), due: z.number() }),
  compliance: z.object({ passed: z.number(), failed: z.number(), at: instant.nullable() }),
  trail: z.object({
    waiting: z.number(),
    /** Milliseconds that the oldest event waits for the trail. */
    lagMs: z.number(),
    /** Of this workspace, refused by the trail for their own sake; null when there is none. */
    refused: z.object({ events: z.number(), oldest: instant }).nullable(),
    /** The last one; one that failed until the same is found right. */
    verification: z
      .object({
        status: z.string(),
        at: instant,
        size: z.number(),
        firstBad: z.number().nullable(),
      })
      .nullable(),
  }),
  /** People whose roles or invitations wait for a second admin. */
  unconfirmed: z.number(),
  /** Null once an agent has proposed something. */
  firstSteps: FirstSteps.nullable(),
  agents: z.object({ acting: z.number(), total: z.number(), atRisk: z.array(AgentAtRisk) }),
});
export type Overview = z.output<typeof Overview>;
