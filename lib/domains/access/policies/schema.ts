import { z } from 'zod';
import { Classification } from '@/lib/domains/classification';
import { tierFloors } from '@/lib/domains/workspaces/server';
import { Ability } from '@/lib/kernel/ability';
import { idSchema } from '@/lib/kernel/ids';
import { pageInput } from '@/lib/kernel/page-input';
import { CreateCedarPolicy, PutCedarSchema } from '../cedar-policies/schema';
import { CreatePermission } from '../schema';
import { SetCedarPolicy, SetPermission } from './edit-schema';

const instant = z.iso.datetime();
const why = z.string().trim().max(2_000);
const DraftId = idSchema('pdr');
const VersionId = idSchema('pvr');

/** A change as it is shown; made by diff.ts. */
export const ChangeView = z.object({
  path: z.string(),
  kind: z.enum(['added', 'removed', 'changed']),
  words: z.string(),
  widens: z.boolean(),
  before: z.unknown(),
  after: z.unknown(),
});
export type ChangeView = z.output<typeof ChangeView>;

// ---- versions ----

export const ListVersions = z.strictObject(pageInput);
export const VersionRef = z.strictObject({ version: VersionId });
export const Rollback = z.strictObject({ version: VersionId, why: why.min(3, 'say why') });
export const Version = z.object({
  id: z.string(),
  number: z.number(),
  why: z.string(),
  origin: z.enum(['edit', 'draft', 'rollback', 'files']),
  by: z.object({ id: z.string(), name: z.string() }),
  createdAt: instant,
  changes: z.array(ChangeView),
  current: z.boolean(),
  can: z.object({ rollback: Ability }),
});
export type Version = z.output<typeof Version>;
export const VersionDetail = Version.extend({
  /** What going back to it would change now. */
  undo: z.array(ChangeView),
});
export type VersionDetail = z.output<typeof VersionDetail>;

// ---- drafts ----

export const DraftRef = z.strictObject({ id: DraftId });
export const ListDrafts = z.strictObject({
  ...pageInput,
  state: z.enum(['open', 'published', 'discarded']).optional(),
});
export const CreateDraft = z.strictObject({
  title: z.string().trim().min(3, 'name what it is for').max(200),
  why: why.default(''),
});
/** One change of a draft: a permission set or removed, an agent put into a role, out of it, or cleared. */
export const EditDraft = z.strictObject({
  id: DraftId,
  edit: z.discriminatedUnion('do', [
    SetPermission,
    z.strictObject({
      do: z.literal('remove_permission'),
      role: z.string().min(1).max(200),
      action: z.string().min(1).max(200),
      condition: CreatePermission.shape.condition,
    }),
    z.strictObject({
      do: z.enum(['grant_role', 'remove_role']),
      agent: z.string().min(1).max(200),
      role: z.string().min(1).max(200),
    }),
    SetCedarPolicy,
    z.strictObject({
      do: z.literal('remove_cedar_policy'),
      name: CreateCedarPolicy.shape.name,
    }),
    z.strictObject({ do: z.literal('set_cedar_schema'), text: PutCedarSchema.shape.text }),
    z.strictObject({
      do: z.literal('set_clearance'),
      agent: z.string().min(1).max(200),
      clearance: Classification,
    }),
    z.strictObject({ do: z.literal('set_floors'), floors: tierFloors }),
    z.strictObject({ do: z.literal('set_second_admin'), wanted: z.boolean() }),
    z.strictObject({
      do: z.literal('revert'),
      /** The change that is taken back. */
      path: z.string().min(1).max(700),
    }),
  ]),
});
export const PublishDraft = z.strictObject({
  id: DraftId,
  why: why.min(3, 'say why'),
  /** Of the changes as they were looked at; 409 when publishing would make others. */
  digest: z.string().max(100).optional(),
});

// ---- replay ----

export const StartReplay = z.strictObject({
  id: DraftId,
  days: z.coerce.number().int().min(1).max(365).default(30),
});
const Outcome = z.enum(['allow', 'hold', 'deny']);
const Flips = z.object({
  name: z.string(),
  actions: z.number(),
  flips: z.number(),
});
export const ReplayResult = z.object({
  actions: z.number(),
  flips: z.number(),
  /** How many went from one decision to another: `deny>allow`. */
  kinds: z.record(z.string(), z.number()),
  byAgent: z.array(Flips),
  byActionType: z.array(Flips),
  /** Over how long they were recorded: the days asked for, or since the first. Absent in old ones. */
  observedMs: z.number().optional(),
  /** Held actions in that time, before and with the draft. */
  held: z.object({ before: z.number(), after: z.number() }).optional(),
  /** The same a day; of less than a day, what was held in it. */
  heldPerDay: z.object({ before: z.number(), after: z.number() }),
  /** Sum of the amounts of what was denied and would run or be held. */
  newlyAllowedAmount: z.number(),
  examples: z.array(
    z.object({
      action: z.string(),
      at: instant,
      agent: z.string(),
      type: z.string(),
      summary: z.string(),
      before: z.object({ decision: Outcome, tier: z.number().nullable() }),
      after: z.object({ decision: Outcome, tier: z.number().nullable(), reason: z.string() }),
    }),
  ),
});
export type ReplayResult = z.output<typeof ReplayResult>;
export const Replay = z.object({
  id: z.string(),
  days: z.number(),
  status: z.enum(['queued', 'running', 'done', 'failed', 'cancelled']),
  done: z.number(),
  total: z.number(),
  error: z.string(),
  /** Whether the draft has been changed since. */
  outdated: z.boolean(),
  result: ReplayResult.nullable(),
  createdAt: instant,
  finishedAt: instant.nullable(),
});
export type Replay = z.output<typeof Replay>;

// ---- proof ----

const Answer = z.object({
  decision: Outcome,
  tier: z.number().nullable(),
  reason: z.string(),
});
/** A request that refutes a statement, as the gateway would get it. */
export const ProofExample = z.object({
  agent: z.string(),
  /** How many more agents it would be the same for. */
  others: z.number(),
  parameters: z.record(z.string(), z.unknown()),
  session: z.record(z.string(), z.unknown()),
  user: z.string().nullable(),
  address: z.string().nullable(),
  /** Null when the moment does not matter. */
  at: instant.nullable(),
  before: Answer,
  after: Answer,
});
export type ProofExample = z.output<typeof ProofExample>;
export const ProofFinding = z.object({
  verdict: z.enum(['proved', 'refuted', 'undecided']),
  example: ProofExample.nullable(),
  /** Why it is undecided. */
  why: z.array(z.string()),
});
export type ProofFinding = z.output<typeof ProofFinding>;
export const ProofResult = z.object({
  /** Agents that may act, and how many the policies can tell apart at most. */
  agents: z.number(),
  kinds: z.number(),
  actionTypes: z.number(),
  /** Those of which not everything is proved. */
  open: z.array(
    z.object({
      actionType: z.string(),
      /** No request that was denied is now allowed. */
      allowed: ProofFinding,
      /** No request that waited for a person now runs without one. */
      runs: ProofFinding,
    }),
  ),
});
export type ProofResult = z.output<typeof ProofResult>;
export const Proof = z.object({
  id: z.string(),
  status: z.enum(['queued', 'running', 'done', 'failed', 'cancelled']),
  /** Action types. */
  done: z.number(),
  total: z.number(),
  error: z.string(),
  /** Whether the draft, or what holds, has been changed since. */
  outdated: z.boolean(),
  result: ProofResult.nullable(),
  createdAt: instant,
  finishedAt: instant.nullable(),
});
export type Proof = z.output<typeof Proof>;

export const Draft = z.object({
  id: z.string(),
  title: z.string(),
  why: z.string(),
  state: z.enum(['open', 'published', 'discarded']),
  base: z.number(),
  by: z.object({ id: z.string(), name: z.string() }),
  /** Everyone who has changed it. */
  editors: z.array(z.object({ id: z.string(), name: z.string() })),
  createdAt: instant,
  settledAt: instant.nullable(),
  publishedAs: z.number().nullable(),
  changes: z.array(ChangeView),
  /** Of the changes: who publishes says with it which they have looked at. */
  digest: z.string(),
  widens: z.boolean(),
  /** Paths that have changed since it was begun, otherwise than in it. */
  conflicts: z.array(z.string()),
  replay: Replay.nullable(),
  proof: Proof.nullable(),
  can: z.object({ edit: Ability, publish: Ability, discard: Ability }),
});
export type Draft = z.output<typeof Draft>;
