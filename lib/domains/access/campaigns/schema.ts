import { z } from 'zod';
import { Ability } from '@/lib/kernel/ability';
import { idSchema } from '@/lib/kernel/ids';
import { pageInput, pageOf } from '@/lib/kernel/page-input';
import { Ladder, Limits, Tier } from '../schema';

/** Chosen by hand; all agents have no such limit. */
const MOST_AGENTS = 5_000;
const MOST_AT_ONCE = 200;

const CampaignId = idSchema('cmp');
const ItemId = idSchema('cit');
const AgentId = idSchema('agt');
const instant = z.iso.datetime();
const person = z.object({ id: z.string(), name: z.string() });
const reason = z.string().trim().max(500);
const why = reason.min(3, 'say why in a few words');

// ---- campaigns ----

/** Every agent that is not retired, or those named. */
const agents = z.union(
  [
    z.literal('all'),
    z
      .array(AgentId)
      .min(1)
      .max(MOST_AGENTS)
      .refine((ids) => new Set(ids).size === ids.length, 'must name each agent once'),
  ],
  `give all, or the ids of 1 to ${MOST_AGENTS} agents, each once`,
);
export const undoneChoices = ['remove', 'escalate'] as const;
export const PreviewCampaign = z.strictObject({ agents });
export const CreateCampaign = z.strictObject({
  name: z.string().trim().min(3, 'give it a name of at least 3 characters').max(120),
  dueAt: instant,
  agents,
  /** What happens at the due date to items that nobody decided. */
  undone: z.enum(undoneChoices),
});
export const CampaignRef = z.strictObject({ id: CampaignId });
export const ListCampaigns = z.strictObject({
  ...pageInput,
  state: z.enum(['open', 'closed']).optional(),
});
export const CloseCampaign = z.strictObject({ id: CampaignId, reason: why });
export const ExportEvidence = z.strictObject({
  id: CampaignId,
  format: z.enum(['csv', 'json']).default('csv'),
});

export const CampaignPreview = z.object({
  agents: z.number(),
  /** Agents in the roles, and permissions of those. */
  roles: z.number(),
  permissions: z.number(),
  /** Without a sponsor who can sign in: an admin decides these. */
  escalated: z.number(),
  reviewers: z.array(z.object({ reviewer: person, agents: z.number(), items: z.number() })),
});
export type CampaignPreview = z.output<typeof CampaignPreview>;

export const Progress = z.object({
  items: z.number(),
  /** Not decided by the reviewer yet. */
  open: z.number(),
  confirmed: z.number(),
  removed: z.number(),
  /** Waiting for an admin. */
  escalated: z.number(),
  /** Removed since nobody had decided by the due date. */
  lapsed: z.number(),
  /** Removals that an admin has still to carry out. */
  requested: z.number(),
  /** Of those that wait, the reader's. */
  mine: z.number(),
});
export type Progress = z.output<typeof Progress>;

export const Campaign = z.object({
  id: z.string(),
  name: z.string(),
  scope: z.enum(['all', 'chosen']),
  undone: z.enum(undoneChoices),
  dueAt: instant,
  state: z.enum(['open', 'closed']),
  reminders: z.array(z.string()),
  remindedAt: instant.nullable(),
  createdBy: person,
  createdAt: instant,
  /** Nobody when it closed since nothing was open any more. */
  closedBy: person.nullable(),
  closedAt: instant.nullable(),
  closeReason: z.string(),
  progress: Progress,
  can: z.object({ close: Ability, export: Ability }),
});
export type Campaign = z.output<typeof Campaign>;
export const Campaigns = pageOf(Campaign).extend({ can: z.object({ create: Ability }) });

export const CampaignDetail = Campaign.extend({
  /** By how much they have left to do. */
  reviewers: z.array(z.object({ reviewer: person, items: z.number(), open: z.number() })),
});
export type CampaignDetail = z.output<typeof CampaignDetail>;

/** What waits for the reader in open campaigns. */
export const Waiting = z.object({
  items: z.number(),
  dueAt: instant.nullable(),
});
export type Waiting = z.output<typeof Waiting>;

// ---- items ----

export const decisions = ['open', 'confirm', 'remove', 'escalated', 'lapsed'] as const;
const effects = [
  'role_removed',
  'permission_removed',
  'removed_with_role',
  'requested',
  'already_gone',
  'kept',
] as const;

export const ItemRef = z.strictObject({ id: CampaignId, itemId: ItemId });
export const ListItems = z.strictObject({
  ...pageInput,
  id: CampaignId,
  reviewer: idSchema('mbr').optional(),
  agent: AgentId.optional(),
  decision: z.enum(decisions).optional(),
  effect: z.enum(effects).optional(),
});

const given = { decision: z.enum(['confirm', 'remove']), reason: reason.default('') };
const withWhy = <T extends { decision: string; reason: string }>(input: T) =>
  input.decision !== 'remove' || input.reason.length >= 3;
const wantsWhy = { path: ['reason'], message: 'say in a few words why it is removed' };
export const DecideItem = z.strictObject({ ...ItemRef.shape, ...given }).refine(withWhy, wantsWhy);
export const DecideItems = z
  .strictObject({ id: CampaignId, items: z.array(ItemId).min(1).max(MOST_AT_ONCE), ...given })
  .refine(withWhy, wantsWhy);
export const Decided = z.object({
  decided: z.array(z.string()),
  refused: z.array(z.object({ id: z.string(), reason: z.string() })),
});
export type Decided = z.output<typeof Decided>;

/** An admin's answer to a removal that reaches other agents too. */
export const SettleItem = z.strictObject({
  ...ItemRef.shape,
  settle: z.enum(['remove', 'keep']),
  reason: why,
});

/** What a permission grants beside its action type; further members are kept as they are. */
export const Grants = z.looseObject({
  tier: Tier.nullable(),
  ladder: Ladder.nullable(),
  limits: Limits,
});
export type Grants = z.output<typeof Grants>;

/** As it was when the campaign began. */
export const Granted = z.object({
  words: z.array(z.string()),
  /** Of a role. */
  description: z.string().optional(),
  /** Of a permission. */
  grants: Grants.optional(),
  actionType: z
    .object({
      id: z.string(),
      key: z.string(),
      title: z.string(),
      effects: z.array(z.string()),
      reversibility: z.string(),
      classification: z.string(),
    })
    .optional(),
});
export type Granted = z.output<typeof Granted>;

export const Item = z.object({
  id: z.string(),
  campaign: z.string(),
  agent: person,
  role: person,
  /** Null for the item of the agent in the role. */
  permission: z.string().nullable(),
  roleItem: z.string().nullable(),
  granted: Granted,
  /** What became of it since the campaign began: null when it is as it was. */
  since: z.object({ gone: z.boolean(), words: z.array(z.string()) }).nullable(),
  used: z.object({ last: instant.nullable(), recent: z.number() }),
  reviewer: person.nullable(),
  escalation: z.string().nullable(),
  decision: z.enum(['confirm', 'remove', 'escalated', 'lapsed']).nullable(),
  reason: z.string(),
  decidedBy: person.nullable(),
  decidedAt: instant.nullable(),
  effect: z.enum(effects).nullable(),
  settledBy: person.nullable(),
  settledAt: instant.nullable(),
  settledReason: z.string(),
  can: z.object({ decide: Ability, settle: Ability }),
});
export type Item = z.output<typeof Item>;
