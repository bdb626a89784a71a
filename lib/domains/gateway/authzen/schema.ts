/** AuthZEN Authorization API 1.0: what is asked and answered. Members that are not known are ignored. */
import { z } from 'zod';

const name = z.string('must be a string').min(1, 'must not be empty').max(500);
const object = z.record(z.string(), z.unknown(), 'must be an object');
const properties = object.optional();

export const Named = z.object({ type: name, id: name, properties }, 'must be an object');
export type Named = z.output<typeof Named>;
export const Action = z.object({ name, properties }, 'must be an object');
export type Action = z.output<typeof Action>;

const four = { subject: Named, action: Action, resource: Named, context: object.optional() };

export const Evaluation = z.object(four);
export type Evaluation = z.output<typeof Evaluation>;

/** What one of several evaluations gives itself; it takes the place of what is given for all, as a whole. */
export const OwnParts = z.object(four).partial();

export const MAX_EVALUATIONS = 1_000;
export const semantics = ['execute_all', 'deny_on_first_deny', 'permit_on_first_permit'] as const;

/**
 * POST /access/v1/evaluations, with at least one evaluation; each is checked on its own. What is
 * given for all, times the evaluations, is at most 4 MB; beyond that it is answered with 413.
 */
export const Evaluations = z.object({
  ...z.object(four).partial().shape,
  evaluations: z
    .array(z.record(z.string(), z.unknown(), 'must be an object'), 'must be a list')
    .min(1)
    .max(MAX_EVALUATIONS, `must have at most ${MAX_EVALUATIONS}`)
    .describe('What is given for all, times these, is at most 4 MB of JSON.'),
  options: z
    .object({ evaluations_semantic: z.enum(semantics).default('execute_all') }, 'must be an object')
    .default({ evaluations_semantic: 'execute_all' }),
});
export type Evaluations = z.output<typeof Evaluations>;

/** AuthZEN Access Request and Approval Profile: that an approval can be asked for, and what to send back then. */
const Requestable = z.object({
  endpoint: z.url(),
  expires_at: z.iso.datetime(),
  binding_token: z.string(),
  display: z.object({ title: z.string(), description: z.string() }),
});

export const Decision = z.object({
  decision: z.boolean(),
  context: z
    .object({
      reason: z.string().optional(),
      /** Agents alone: what the pipeline would have said. */
      tier: z.number().int().min(1).max(3).optional(),
      held: z.boolean().optional(),
      reasons: z.array(z.object({ code: z.string(), message: z.string() })).optional(),
      /** Where an approval can be asked for. */
      evaluation_id: z.string().optional(),
      evaluated_at: z.iso.datetime().optional(),
      access_request: Requestable.optional(),
      /** The approval that let it through. */
      approval: z.object({ id: z.string(), approved_until: z.iso.datetime() }).optional(),
      /** What to do after an approval that did not. */
      next_action: z.enum(['request', 'retry', 'none']).optional(),
      /** Why it could not be evaluated; the decision is false then. */
      error: z.object({ status: z.number(), message: z.string() }).optional(),
    })
    .optional(),
});
export type Decision = z.output<typeof Decision>;
export const Decisions = z.object({ evaluations: z.array(Decision) });

// ---- searches ----

const page = z
  .object(
    {
      token: z.string('must be a string').max(4_000).optional(),
      limit: z
        .number('must be a number')
        .int('must be a whole number')
        .min(0, 'must not be negative')
        .optional(),
    },
    'must be an object',
  )
  .default({});
export type Page = z.output<typeof page>;
/** Its id is no part of the question. */
const Sought = z.object({ type: name }, 'must be an object');

export const SubjectSearch = z.object({ ...four, subject: Sought, page });
export const ResourceSearch = z.object({ ...four, resource: Sought, page });
export const ActionSearch = z.object({
  subject: Named,
  resource: Named,
  context: four.context,
  page,
});

const PageAnswer = z.object({ next_token: z.string(), count: z.number().int() });
export const EntitiesFound = z.object({
  results: z.array(z.object({ type: z.string(), id: z.string() })),
  page: PageAnswer,
});
export const ActionsFound = z.object({
  results: z.array(z.object({ name: z.string() })),
  page: PageAnswer,
});

export const Metadata = z.object({
  policy_decision_point: z.url(),
  access_evaluation_endpoint: z.url(),
  access_evaluations_endpoint: z.url(),
  search_subject_endpoint: z.url(),
  search_resource_endpoint: z.url(),
  search_action_endpoint: z.url(),
  access_request_endpoint: z.url(),
  jwks_uri: z.url(),
  capabilities: z.array(z.string()),
});
