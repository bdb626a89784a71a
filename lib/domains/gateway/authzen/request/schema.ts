/** AuthZEN Access Request and Approval Profile 1.0, draft 1: what is sent and answered. */
import { z } from 'zod';
import { Action, Named } from '../schema';

const object = z.record(z.string(), z.unknown(), 'must be an object');
const instant = z.iso.datetime({ offset: true, error: 'must be an RFC 3339 timestamp' });
const text = (most: number) => z.string('must be a string').max(most);

/** Which denial a request answers; members that only echo are not read. */
const Denial = z
  .object(
    {
      evaluation_id: text(500).optional(),
      binding_token: text(4_000).optional(),
      expires_at: instant.optional(),
    },
    'must be an object',
  )
  // One that binds nothing is refused for that, with the text's own problem.
  .refine(
    (denial) =>
      denial.expires_at !== undefined ||
      (denial.evaluation_id === undefined && denial.binding_token === undefined),
    { path: ['expires_at'], error: 'must be an RFC 3339 timestamp' },
  );
export type Denial = z.output<typeof Denial>;

const RequestedAccess = z.object(
  { requested_until: instant.optional(), emergency: z.boolean('must be a boolean').optional() },
  'must be an object',
);

/** An actor and, nested, those it acts for. */
const Actor = z.object({
  id: text(500).min(1, 'must not be empty'),
  issuer: text(500).optional(),
  act: object.optional(),
});
const Client = z.object(
  { id: text(200).optional(), name: text(200).optional(), actor: Actor.optional() },
  'must be an object',
);

const Item = z.object(
  {
    resource: Named,
    action: Action,
    requested_access: RequestedAccess.optional(),
    denial: Denial.optional(),
  },
  'must be an object',
);

export const MAX_ITEMS = 20;

/** POST /access/v1/requests. Members that are not known are ignored. */
export const AccessRequest = z
  .object({
    subject: Named,
    resource: Named.optional(),
    action: Action.optional(),
    items: z
      .array(Item, 'must be a list')
      .min(1, 'must not be empty')
      .max(MAX_ITEMS, `must have at most ${MAX_ITEMS}`)
      .optional(),
    context: object.default({}),
    denial: Denial.optional(),
    requested_access: RequestedAccess.default({}),
    client: Client.default({}),
    callback: z.unknown().optional(),
  })
  .superRefine((request, context) => {
    for (const name of ['resource', 'action'] as const) {
      const wrong = request.items ? request[name] !== undefined : request[name] === undefined;
      if (!wrong) continue;
      const message = request.items ? 'must be left out beside items' : 'must be given';
      context.addIssue({ code: 'custom', path: [name], message });
    }
  });
export type AccessRequest = z.output<typeof AccessRequest>;

/** POST /access/v1/requests/{id}/cancel. */
export const Cancellation = z.object({
  reason: text(200).optional(),
  comment: text(1_000).optional(),
});

/** What a re-evaluation brings at context.approval. */
export const Presented = z.object({ id: text(200), state: z.unknown().optional() });
export type Presented = z.output<typeof Presented>;

// ---- answers ----

export const taskStatuses = [
  'pending',
  'approved',
  'denied',
  'expired',
  'cancelled',
  'failed',
  'partial',
] as const;
const Status = z.enum(taskStatuses);
export type TaskStatus = z.output<typeof Status>;

/** The extension member for parameters that an approver has made narrower. */
export const NARROWED = 'urn:countersign:access-request:narrowed_parameters';

export const Result = z.object({
  mode: z.literal('reevaluate'),
  approval: z.object({
    id: z.string(),
    approved_at: z.iso.datetime(),
    approved_until: z.iso.datetime(),
    state: z.string(),
  }),
  /** The approval is of an evaluation with these as the action's properties. */
  [NARROWED]: object.optional(),
});
export type Result = z.output<typeof Result>;

export const Task = z.object({
  id: z.string(),
  status: Status,
  status_endpoint: z.url(),
  expires_at: z.iso.datetime(),
  links: z.object({ cancel: z.url() }),
  display: z.object({ title: z.string(), description: z.string() }),
  items: z
    .array(z.object({ resource: Named, action: Action, status: Status, result: Result.optional() }))
    .optional(),
});
export const TaskAnswer = z.object({ task: Task, result: Result.optional() });
export type TaskAnswer = z.output<typeof TaskAnswer>;
