import { z } from 'zod';
import { Ability } from '@/lib/kernel/ability';
import { idSchema } from '@/lib/kernel/ids';
import { pageInput, pageOf } from '@/lib/kernel/page-input';

export const outcomes = [
  'allow',
  'hold',
  'deny',
  'succeeded',
  'failed',
  'unknown',
  'approved',
  'rejected',
  'expired',
  'cancelled',
  'refused',
] as const;

export const classifications = ['Public', 'Internal', 'Confidential', 'Restricted'] as const;

const instant = z
  .union(
    [z.iso.datetime({ offset: true }), z.iso.date()],
    'must be a date or an instant, as in 2026-11-21T08:00:00Z',
  )
  .transform((text) => new Date(text).toISOString());

/** One value or several with commas, any of which may be; each is of this pattern. */
function listOf(pattern: string, message: string) {
  return z.coerce
    .string()
    .max(1_000)
    .regex(new RegExp(`^${pattern}(,${pattern})*$`), message);
}
const idOf = (prefix: string) =>
  listOf(
    `${prefix}_[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}`,
    `must be an id that begins with ${prefix}_`,
  );
const oneOf = (values: readonly string[]) =>
  listOf(`(?:${values.join('|')})`, `must be one of ${values.join(', ')}`);
/** No comma, which separates values, and no control character, which the database has no place for. */
const NAME = '[^,\\u0000-\\u001f]{1,200}';

/** Whether anything in it can be looked for: signs alone are no word. */
export function hasWord(typed: string): boolean {
  return /[\p{L}\p{N}\p{M}]/u.test(typed.normalize('NFKC'));
}

/**
 * What a search is narrowed by; the page, the list, the count and the export share it. Those
 * with a fixed set of values, ids and types take several, separated by commas.
 */
export const filters = {
  /** Words that must all occur; "a phrase", a beginn*, -not. */
  q: z
    .string()
    .trim()
    .max(500)
    // A search for no word would match everything.
    .refine((typed) => typed === '' || hasWord(typed), 'has no letters or digits to look for')
    .optional(),
  /** `action.decided`, or `action.*` for all of a kind. */
  type: listOf(
    '[a-z_]+(?:\\.[a-z_]+)*(?:\\.\\*)?',
    'must be a type such as action.decided, or action.* for all of them',
  ).optional(),
  agent: idOf('agt').optional(),
  action_type: listOf(NAME, 'must be the name of an action type').optional(),
  /** Id of a member, an agent, a job or a webhook. */
  actor: listOf(NAME, 'must be the id of an actor').optional(),
  outcome: oneOf(outcomes).optional(),
  tier: listOf('[123]', 'must be 1, 2 or 3').optional(),
  classification: oneOf(classifications).optional(),
  session: idSchema('ses').optional(),
  action: idSchema('act').optional(),
  /** Inclusive. */
  from: instant.optional(),
  /** Exclusive. */
  to: instant.optional(),
};

export function inOrder(input: { from?: string | undefined; to?: string | undefined }): boolean {
  return input.from === undefined || input.to === undefined || input.from < input.to;
}
export const order = { path: ['to'], message: 'must be later than from' };

export const filterInput = z.strictObject(filters).refine(inOrder, order);
export type Filters = z.output<typeof filterInput> & {
  /** What stands in the index for a whole word of a protected payload; given by payload/terms, never from outside. */
  hashed?: ReadonlyMap<string, readonly string[]>;
};

export const searchInput = z.strictObject({ ...filters, ...pageInput }).refine(inOrder, order);

const json = z.record(z.string(), z.unknown());

/** An event as lists show it: the event's own members, with what searching knows of it. */
export const eventItem = z.looseObject({
  index: z.number(),
  id: z.string(),
  time: z.string(),
  type: z.string(),
  actor: z.object({ type: z.string(), id: z.string(), on_behalf_of: z.string().optional() }),
  /** The agent it is by or about. */
  agent: z.string().optional(),
  session: z.string().optional(),
  action: z.string().optional(),
  action_type: z.string().optional(),
  object: z.object({ type: z.string(), id: z.string() }).optional(),
  outcome: z.string().optional(),
  tier: z.number().optional(),
  classification: z.string().optional(),
  summary: z.string(),
  data: json.optional(),
  /** True when the data is too large for a list; the event alone has it. */
  data_omitted: z.literal(true).optional(),
});
export type EventItem = z.output<typeof eventItem>;
/** `prev` leads to what is newer, now or later. */
export const eventPage = pageOf(eventItem).extend({ prev: z.string().nullable() });
export type EventPageView = z.output<typeof eventPage>;

export const eventInput = z.strictObject({ id: idSchema('evt') });
export const eventDetail = z.object({
  index: z.number(),
  event: eventItem,
  /** The canonical text that is hashed. */
  body: z.string(),
  leaf_hash: z.string(),
});
export type EventDetail = z.output<typeof eventDetail>;

export const proofView = z.object({
  id: z.string(),
  index: z.number(),
  size: z.number(),
  /** Base64, as are the hashes of the proof. */
  root: z.string(),
  leaf_hash: z.string(),
  proof: z.array(z.string()),
  /** C2SP signed note. */
  checkpoint: z.string(),
  /** The current one; `/api/trail/signing-keys` has every version. */
  verifier_key: z.string(),
});
export type ProofView = z.output<typeof proofView>;

/** One version of the log's signing key; each later one is endorsed by the one before. */
const keyView = z.object({
  version: z.number(),
  /** Checkpoints from this size on are signed with it. */
  from_size: z.number(),
  key: z.string(),
  endorsement: z.string().optional(),
  /** The event that rolled over to it. */
  event: z.string().optional(),
});
export const keysView = z.object({ items: z.array(keyView), can: z.object({ roll: Ability }) });
export type KeysView = z.output<typeof keysView>;
export const rollView = z.object({ version: z.number(), key: z.string() });

const treeSize = z.coerce
  .number('must be a size of the log')
  .int('must be a size of the log')
  .min(1, 'must be at least 1')
  .max(Number.MAX_SAFE_INTEGER);
export const consistencyInput = z
  .strictObject({ from: treeSize.default(1), to: treeSize.optional() })
  .refine((input) => input.to === undefined || input.from <= input.to, {
    path: ['to'],
    message: 'must not be smaller than from',
  });
export const consistencyView = z.object({
  from: z.number(),
  to: z.number(),
  /** Roots at the two sizes and the hashes of the proof, base64. */
  from_root: z.string(),
  to_root: z.string(),
  proof: z.array(z.string()),
  /** The signed note of the larger size, where one was signed at exactly that size. */
  checkpoint: z.string().nullable(),
  keys: z.array(z.string()),
});
export type ConsistencyView = z.output<typeof consistencyView>;

export const storyInput = z.strictObject({ action: idSchema('act') });
export const storyView = z.object({ action: z.string(), items: z.array(eventItem) });
export type StoryView = z.output<typeof storyView>;

export const checkpointView = z.object({
  origin: z.string(),
  verifier_key: z.string(),
  /** Null while nothing has happened. */
  checkpoint: z
    .object({ size: z.number(), root: z.string(), note: z.string(), time: z.string() })
    .nullable(),
  can: z.object({ verify: Ability, export: Ability }),
});
export type CheckpointView = z.output<typeof checkpointView>;

export const countView = z.object({ count: z.number(), capped: z.boolean() });
export type CountView = z.output<typeof countView>;

export const nothing = z.strictObject({});
