import { z } from 'zod';
import {
  actionStatuses,
  Display,
  Fits,
  GroupId,
  MAX_WAIT_MINUTES,
  Needs,
  SignedBy,
  Signing,
} from '@/lib/domains/gateway';
import { Ability } from '@/lib/kernel/ability';
import { idSchema } from '@/lib/kernel/ids';
import { pageInput } from '@/lib/kernel/page-input';
import { assertionField } from '@/lib/kernel/passkey';
import { seenInput } from '@/lib/kernel/seen-input';
import { Revealed } from './planted/schema';

// ---- held actions ----

/** An approval has the id of the action it is about. */
export const ApprovalId = idSchema('act');
export const ApprovalRef = z.strictObject({ id: ApprovalId });

export const ListApprovals = z.strictObject({
  ...pageInput,
  status: z.enum(actionStatuses).optional(),
  /** true: all that no longer wait. */
  decided: z.stringbool().optional(),
  /** true: of those that wait, what the reader may decide. */
  mine: z.stringbool().optional(),
  agent: idSchema('agt').optional(),
});

const reason = z.string().trim().max(1_000);
const decision = {
  id: ApprovalId,
  /** Digest of what was shown; when given, a changed display refuses the decision. */
  display_digest: z.string().max(100).optional(),
};
/** A passkey's signature on what is approved, where one is asked for. */
const assertion = assertionField.optional();
export const Approve = z.strictObject({ ...decision, reason: reason.default(''), assertion });
export const Reject = z.strictObject({
  ...decision,
  reason: reason.min(3, 'say why in a few words'),
});
export const BreakGlass = z.strictObject({
  ...decision,
  reason: reason.min(20, 'say in at least 20 characters what makes it an emergency'),
  assertion,
});

const person = z.object({ id: z.string(), name: z.string() });
const group = z.object({ id: z.string(), name: z.string(), approvers: z.number() });

export const Approval = z.object({
  id: z.string(),
  status: z.enum(actionStatuses),
  tier: z.number(),
  agent: person,
  display: Display,
  /** What is signed: the action, as proposed or made narrower, and what was shown of it. */
  digest: z.string(),
  display_digest: z.string(),
  /** How a signature is made at least. */
  signing: Signing,
  /** Whose signatures it takes, and how many each still lacks; a group of null is any approver. */
  needs: z.array(
    z.object({
      group: group.nullable(),
      count: z.number(),
      missing: z.number(),
      /** Groups that may sign in its place by now, and from when others may. */
      escalation: z.array(z.object({ group: group.nullable(), from: z.iso.datetime() })),
    }),
  ),
  /** What it takes beyond those, since someone who signed approved a planted request of late. */
  beside: z.object({ count: z.number(), missing: z.number() }),
  /** Set where the reader's own signature takes one more beside it, and how many could give that. */
  raised: z
    .object({ since: z.iso.datetime(), until: z.iso.datetime(), others: z.number() })
    .nullable(),
  /** Set once it has ended, where nobody proposed it: it was planted, and never going to run. */
  planted: Revealed.nullable(),
  signatures: z.array(
    z.object({
      id: z.string(),
      member: person,
      /** Whose place they took; null when their own. */
      in_place_of: person.nullable(),
      decision: z.string(),
      reason: z.string(),
      signing: SignedBy,
      signed_at: z.iso.datetime(),
      /** False when what it signed has changed since. */
      counts: z.boolean(),
    }),
  ),
  /** What the agent was asked; it answers each once. */
  questions: z.array(
    z.object({
      id: z.string(),
      question: z.string(),
      asked_by: person,
      asked_at: z.iso.datetime(),
      answer: z.string().nullable(),
      answered_at: z.iso.datetime().nullable(),
    }),
  ),
  /** Who made it smaller than proposed, and when; null when nobody has. */
  narrowed: z.object({ by: person, at: z.iso.datetime() }).nullable(),
  broke_glass: z.boolean(),
  requested_at: z.iso.datetime(),
  expires_at: z.iso.datetime(),
  decided_by: person.nullable(),
  decided_at: z.iso.datetime().nullable(),
  reason: z.string().nullable(),
  result: z.unknown().nullable(),
  error: z.unknown().nullable(),
  finished_at: z.iso.datetime().nullable(),
  /** Without `see_payload` it is as it would be with its payload erased. */
  can: z.object({ decide: Ability, break_glass: Ability, grant: Ability, see_payload: Ability }),
});
export type Approval = z.output<typeof Approval>;

export const ApprovalCount = z.object({
  pending: z.number(),
  /** How many of them the reader may decide, 100 at most; null when none ever. */
  mine: z.number().nullable(),
  /** When the longest waiting was held. */
  oldest: z.iso.datetime().nullable(),
  /** What ran on a broken glass in the last 7 days. */
  broke_glass: z.number(),
});
export type ApprovalCount = z.output<typeof ApprovalCount>;

// ---- groups ----

const groupFields = {
  name: z.string().trim().min(1, 'must not be empty').max(80),
  description: z.string().trim().max(500),
  members: z
    .array(idSchema('mbr'))
    .max(200)
    .refine((ids) => new Set(ids).size === ids.length, 'must name each member once'),
};
export const GroupRef = z.strictObject({ id: GroupId });
export const CreateGroup = z.strictObject({
  ...groupFields,
  description: groupFields.description.default(''),
  members: groupFields.members.default([]),
});
export const UpdateGroup = z.strictObject({
  id: GroupId,
  ...seenInput,
  ...z.object(groupFields).partial().shape,
});
export const ApproverGroup = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  members: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      /** Whether they can sign: active, and an approver. */
      approves: z.boolean(),
      /** Who takes their place now. */
      away: person.nullable(),
    }),
  ),
  /** Names of the routes that need it. */
  routes: z.array(z.string()),
  /** Of its name, its description and who is in it: who saves says with it what they have seen. */
  digest: z.string(),
  can: z.object({ update: Ability, remove: Ability }),
});
export type ApproverGroup = z.output<typeof ApproverGroup>;
export const ApproverGroups = z.object({
  items: z.array(ApproverGroup),
  next: z.null(),
  can: z.object({ create: Ability }),
});

// ---- routes ----

export const RouteId = idSchema('rte');
export const RouteRef = z.strictObject({ id: RouteId });
const routeFields = {
  name: z.string().trim().min(1, 'must not be empty').max(80),
  fits: Fits,
  needs: Needs,
  /** How long it waits; null as the workspace says. */
  wait_minutes: z.number().int('must be whole minutes').min(1).max(MAX_WAIT_MINUTES).nullable(),
  signing: Signing.nullable(),
  /** Its place among the routes, from 0; the first that fits holds. */
  position: z.number().int().min(0).max(1_000),
};
export const CreateRoute = z.strictObject({
  ...routeFields,
  wait_minutes: routeFields.wait_minutes.default(null),
  signing: routeFields.signing.default(null),
  position: routeFields.position.optional(),
});
export const UpdateRoute = z.strictObject({
  id: RouteId,
  ...seenInput,
  ...z.object(routeFields).partial().shape,
});
export const ApprovalRouteView = z.object({
  id: z.string(),
  ...routeFields,
  /** Why what it holds would wait in vain, or for too few: for an admin to mend. */
  warnings: z.array(z.string()),
  /** Of all of it but its place: who saves says with it what they have seen. */
  digest: z.string(),
  can: z.object({ update: Ability, remove: Ability }),
});
export type ApprovalRouteView = z.output<typeof ApprovalRouteView>;
export const ApprovalRoutes = z.object({
  items: z.array(ApprovalRouteView),
  next: z.null(),
  /** The same of what no route fits. */
  warnings: z.array(z.string()),
  can: z.object({ create: Ability }),
});

// ---- delegations ----

export const DelegationId = idSchema('dlg');
export const DelegationRef = z.strictObject({ id: DelegationId });
export const CreateDelegation = z.strictObject({
  /** Whose place; an admin may name another than themselves. */
  from: idSchema('mbr').optional(),
  to: idSchema('mbr'),
  starts_at: z.iso.datetime({ offset: true }).optional(),
  ends_at: z.iso.datetime({ offset: true }),
  reason: z.string().trim().max(500).default(''),
});
export const Delegation = z.object({
  id: z.string(),
  from: person,
  to: person,
  reason: z.string(),
  starts_at: z.iso.datetime(),
  ends_at: z.iso.datetime(),
  ended_at: z.iso.datetime().nullable(),
  state: z.enum(['planned', 'active', 'ended']),
  can: z.object({ end: Ability }),
});
export type Delegation = z.output<typeof Delegation>;
export const Delegations = z.object({
  items: z.array(Delegation),
  next: z.null(),
  can: z.object({ create: Ability, create_for_others: Ability }),
});
