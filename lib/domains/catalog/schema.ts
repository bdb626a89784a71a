import { z } from 'zod';
import { Classification } from '@/lib/domains/classification';
import { Ability } from '@/lib/kernel/ability';
import { environments } from '@/lib/kernel/environments';
import { idSchema } from '@/lib/kernel/ids';
import { pageInput } from '@/lib/kernel/page-input';

export const effects = [
  'read',
  'write',
  'financial',
  'deletion',
  'external_communication',
] as const;
export const reversibilities = [
  'read_only',
  'reversible',
  'externally_reversible',
  'irreversible',
] as const;
export const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** How a signature is made, each stronger than the one before. */
export const signings = ['session', 'step_up', 'passkey'] as const;

export { environments };
const Environment = z.enum(environments);

export const Effect = z.enum(effects);
export type Effect = z.output<typeof Effect>;
export const Reversibility = z.enum(reversibilities);
export type Reversibility = z.output<typeof Reversibility>;

const identifier = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,62}$/, 'use letters, digits and underscores');
const state = z.enum(['active', 'retired']);

// ---- tools ----

/** How a tool's secret is presented to it. */
export const ToolAuth = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('none') }),
  z.strictObject({ type: z.literal('bearer') }),
  z.strictObject({
    type: z.literal('header'),
    header: z.string().regex(/^[A-Za-z][A-Za-z0-9-]{0,62}$/, 'must be a header name'),
  }),
]);
export type ToolAuth = z.output<typeof ToolAuth>;

const toolFields = {
  name: z
    .string()
    .trim()
    .regex(/^[a-z0-9][a-z0-9-]{1,62}$/, 'use 2 to 63 lower-case letters, digits and hyphens'),
  description: z.string().trim().max(2_000),
  baseUrl: z
    .url({ protocol: /^https?$/, error: 'must be an http or https URL', abort: true })
    .refine((url) => {
      const { username, password, search, hash } = new URL(url);
      return !username && !password && !search && !hash;
    }, 'must carry no credentials, query or fragment')
    .transform((url) => url.replace(/\/+$/, '')),
  auth: ToolAuth,
  secretId: idSchema('sec').nullable(),
  /** Where it stands; null when it serves every environment. */
  environment: Environment.nullable(),
  /** Milliseconds until an answer counts as lost. */
  timeoutMs: z.number().int().min(100).max(60_000),
};

export const ToolId = idSchema('tol');
export const ToolRef = z.strictObject({ id: ToolId });
export const CreateTool = z.strictObject({
  ...toolFields,
  description: toolFields.description.default(''),
  secretId: toolFields.secretId.default(null),
  environment: toolFields.environment.default(null),
  timeoutMs: toolFields.timeoutMs.default(10_000),
});
export const UpdateTool = z.strictObject({ id: ToolId, ...z.object(toolFields).partial().shape });
export const RestoreTool = z.strictObject({ id: ToolId, ...CreateTool.shape });
export const ListTools = z.strictObject({
  ...pageInput,
  q: z.string().trim().max(200).optional(),
  state: state.optional(),
});

export const Tool = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  connector: z.literal('http'),
  baseUrl: z.string(),
  auth: ToolAuth,
  secret: z.object({ id: z.string(), name: z.string() }).nullable(),
  environment: Environment.nullable(),
  timeoutMs: z.number(),
  state,
  actionTypes: z.number(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  can: z.object({ update: Ability, retire: Ability }),
});
export type Tool = z.output<typeof Tool>;

// ---- action types ----

/** A rule in code over one parameter, checked before any policy. */
export const ParameterRule = z.discriminatedUnion('rule', [
  z.strictObject({
    parameter: identifier,
    rule: z.literal('equals_session'),
    /** The session attribute it must equal. */
    attribute: identifier,
  }),
  z.strictObject({
    parameter: identifier,
    rule: z.literal('range'),
    min: z.number().optional(),
    max: z.number().optional(),
  }),
]);
export type ParameterRule = z.output<typeof ParameterRule>;

/** JSON Schema (2020-12) of an object of parameters. */
export const ParametersSchema = z.looseObject({
  type: z.literal('object', 'the parameters must be an object schema'),
  properties: z.record(z.string(), z.record(z.string(), z.unknown())),
  required: z.array(z.string()).optional(),
  additionalProperties: z.boolean().optional(),
});
export type ParametersSchema = z.output<typeof ParametersSchema>;

const actionTypeFields = {
  key: z
    .string()
    .regex(/^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$/, 'use a dotted name such as refunds.create')
    .max(120),
  toolId: ToolId,
  title: z.string().trim().min(2).max(200),
  description: z.string().trim().max(2_000),
  parameters: ParametersSchema,
  rules: z.array(ParameterRule).max(50),
  effects: z.array(Effect).min(1, 'choose at least one effect'),
  reversibility: Reversibility,
  classification: Classification,
  method: z.enum(methods),
  pathTemplate: z
    .string()
    .max(500)
    .regex(
      /^\/([A-Za-z0-9._~/-]|\{[A-Za-z_][A-Za-z0-9_]*\})*$/,
      'must be a path such as /orders/{order_id}',
    ),
  /** One sentence with {parameter} places, for the approver. */
  sentence: z.string().trim().max(500),
  /** How approvers sign a held one at least; null as the workspace says. */
  signing: z.enum(signings).nullable(),
  /** Numbers that an approver may make smaller before it runs. */
  narrowable: z
    .array(identifier)
    .max(20)
    .refine((names) => new Set(names).size === names.length, 'must name each parameter once'),
};

export const ActionTypeId = idSchema('aty');
export const ActionTypeRef = z.strictObject({ id: ActionTypeId });
export const CreateActionType = z.strictObject({
  ...actionTypeFields,
  description: actionTypeFields.description.default(''),
  rules: actionTypeFields.rules.default([]),
  sentence: actionTypeFields.sentence.default(''),
  signing: actionTypeFields.signing.default(null),
  narrowable: actionTypeFields.narrowable.default([]),
});
// The key is what agents propose by, so it stays.
const { key: _, ...changeable } = actionTypeFields;
export const UpdateActionType = z.strictObject({
  id: ActionTypeId,
  ...z.object(changeable).partial().shape,
});
// What agents propose by stays, here too.
const { key: __, ...described } = CreateActionType.shape;
export const RestoreActionType = z.strictObject({ id: ActionTypeId, ...described });
export const ListActionTypes = z.strictObject({
  ...pageInput,
  q: z.string().trim().max(200).optional(),
  tool: ToolId.optional(),
  effect: Effect.optional(),
  state: state.optional(),
});

export const ActionType = z.object({
  id: z.string(),
  key: z.string(),
  tool: z.object({ id: z.string(), name: z.string() }),
  title: z.string(),
  description: z.string(),
  parameters: ParametersSchema,
  rules: z.array(ParameterRule),
  effects: z.array(Effect),
  reversibility: Reversibility,
  /** Its own. */
  classification: Classification,
  /** What decisions go by: the highest of its own and of the fields it is linked to. */
  effective: z.object({
    classification: Classification,
    /** The linked field that raised it above its own. */
    because: z
      .object({
        asset: z.object({ id: z.string(), name: z.string() }),
        field: z.string(),
        direction: z.string(),
        path: z.string(),
      })
      .nullable(),
  }),
  method: z.enum(methods),
  pathTemplate: z.string(),
  sentence: z.string(),
  signing: z.enum(signings).nullable(),
  narrowable: z.array(z.string()),
  state,
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  can: z.object({ update: Ability, retire: Ability }),
});
export type ActionType = z.output<typeof ActionType>;
