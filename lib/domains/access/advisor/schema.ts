import { z } from 'zod';
import { Classification } from '@/lib/domains/classification';
import { Ability } from '@/lib/kernel/ability';
import { idSchema } from '@/lib/kernel/ids';
import { pageInput } from '@/lib/kernel/page-input';
import { PermissionDocument } from '../policies/permission-document';

const instant = z.iso.datetime();
export const DAYS = 30;

export const kinds = [
  'wide_limits',
  'unused_permission',
  'unused_role',
  'contained_role',
  'excess_clearance',
  'unused_by_agents',
] as const;
const Kind = z.enum(kinds);
export type Kind = z.output<typeof Kind>;

/** What of a permission is far above its use. */
export const parts = [
  'autonomous',
  'supervised',
  'gated',
  'perMinute',
  'perHour',
  'perDay',
  'amountPerDay',
] as const;
const Part = z.object({
  part: z.enum(parts),
  now: z.number(),
  /** The most that was used of it, and what 99 of 100 stayed within. */
  max: z.number(),
  p99: z.number(),
  proposed: z.number(),
});
export type Part = z.output<typeof Part>;

const role = z.string();
const agent = z.string();
/** From when on it could have been used and was looked at. */
const since = instant;
const permission = PermissionDocument;

/** A finding as it is kept, by names: what it says, and what its draft is made of. */
export const Detail = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('unused_permission'), role, permission, since, agents: z.number() }),
  z.object({
    kind: z.literal('unused_by_agents'),
    ...{ role, permission, since },
    /** Those who used it. */
    users: z.array(agent).min(1).max(100),
    agents: z.number(),
    uses: z.number(),
  }),
  z.object({
    kind: z.literal('wide_limits'),
    ...{ role, permission, since },
    proposed: PermissionDocument,
    parts: z.array(Part).min(1),
    uses: z.number(),
  }),
  z.object({
    kind: z.literal('contained_role'),
    role,
    within: role,
    permissions: z.number(),
    /** In both. */
    agents: z.number(),
    since,
  }),
  z.object({
    kind: z.literal('excess_clearance'),
    agent,
    clearance: Classification,
    proposed: Classification,
    actions: z.number(),
    /** Action types above the proposed level that its roles grant. */
    reach: z.number(),
    since,
  }),
  z.object({
    kind: z.literal('unused_role'),
    ...{ agent, role, since },
    permissions: z.number(),
    /** Whatever else the agent did meanwhile. */
    actions: z.number(),
  }),
]);
export type Detail = z.output<typeof Detail>;

// ---- looking ----

export const StartLook = z.strictObject({
  days: z.coerce.number().int().min(1).max(365).default(DAYS),
});
export const Look = z.object({
  id: z.string(),
  days: z.number(),
  status: z.enum(['queued', 'running', 'done', 'failed', 'cancelled']),
  done: z.number(),
  total: z.number(),
  error: z.string(),
  /** From when on there was something to look at, when that is later than asked for. */
  since: instant.nullable(),
  actions: z.number(),
  version: z.number(),
  createdAt: instant,
  finishedAt: instant.nullable(),
});
export type Look = z.output<typeof Look>;
export const Advisor = z.object({
  /** The one under way or that ended last, whatever came of it. */
  latest: Look.nullable(),
  /** The one whose findings are shown. */
  shown: Look.nullable(),
  /** Policy versions since then. */
  versionsSince: z.number(),
  counts: z.record(Kind, z.number()),
  dismissed: z.number(),
  can: z.object({ look: Ability, cancel: Ability, decide: Ability }),
});
export type Advisor = z.output<typeof Advisor>;

// ---- findings ----

export const FindingRef = z.strictObject({ id: idSchema('afd') });
export const ListFindings = z.strictObject({
  ...pageInput,
  kind: Kind.optional(),
  /** Its own, and those of the roles that it is in. */
  agent: idSchema('agt').optional(),
  dismissed: z.enum(['true', 'false']).default('false'),
});
export const Finding = z.object({
  id: z.string(),
  kind: Kind,
  /** What it is, the numbers, and why it matters. */
  title: z.string(),
  evidence: z.array(z.string()),
  why: z.string(),
  role: z.object({ id: z.string(), name: z.string() }).nullable(),
  agent: z.object({ id: z.string(), name: z.string() }).nullable(),
  /** Set when it could be used for less time than was asked for. */
  shortSince: instant.nullable(),
  detail: Detail,
  dismissed: z
    .object({ reason: z.string(), until: instant, by: z.string(), at: instant })
    .nullable(),
});
export type Finding = z.output<typeof Finding>;

export const DraftFinding = z.strictObject({
  ...FindingRef.shape,
  /** An open draft that it is added to; without one it begins its own. */
  draft: idSchema('pdr').optional(),
});
const DAY = /^\d{4}-\d{2}-\d{2}$/;
export const DismissFinding = z.strictObject({
  ...FindingRef.shape,
  reason: z.string().trim().min(3, 'say why').max(2_000),
  /** The first day on which it is shown again. */
  until: z.string().regex(DAY, 'must be a date such as 2027-01-31').pipe(z.iso.date()),
});
