import { z } from 'zod';
import { Ability } from '@/lib/kernel/ability';
import { idSchema } from '@/lib/kernel/ids';
import { pageInput } from '@/lib/kernel/page-input';
import { seenInput } from '@/lib/kernel/seen-input';

const instant = z.iso.datetime();
/** Whatever is stored of it, an event with before and after stays small enough for the trail. */
const MAX_TEXT = 12_000;
const text = z.string().max(MAX_TEXT, `must have at most ${MAX_TEXT} characters`);

// ---- policies by hand ----

export const PolicyName = z
  .string()
  .trim()
  .regex(/^[a-z0-9][a-z0-9-]{1,62}$/, 'use 2 to 63 lower-case letters, digits and hyphens');
const policyFields = { name: PolicyName, text: text.min(1, 'write a policy') };
const CedarPolicyId = idSchema('cpl');
export const CedarPolicyRef = z.strictObject({ id: CedarPolicyId });
export const CreateCedarPolicy = z.strictObject(policyFields);
export const UpdateCedarPolicy = z.strictObject({
  id: CedarPolicyId,
  ...seenInput,
  ...z.object(policyFields).partial().shape,
});
export const ListCedarPolicies = z.strictObject(pageInput);
export const CedarPolicy = z.object({
  id: z.string(),
  ...policyFields,
  permits: z.number(),
  forbids: z.number(),
  /** Of its name and its text: who saves says with it what they have seen. */
  digest: z.string(),
  createdAt: instant,
  updatedAt: instant,
  can: z.object({ update: Ability, remove: Ability }),
});
export type CedarPolicy = z.output<typeof CedarPolicy>;

export const CheckCedarPolicy = z.strictObject({ text });
export const TextCheck = z.object({
  problems: z.array(z.object({ line: z.number(), column: z.number(), message: z.string() })),
  /** As Cedar lays it out; null when it cannot be read. */
  formatted: z.string().nullable(),
  /** Policies that are not compiled and so cost more to decide, with the reason. */
  uncompiled: z.array(z.object({ policy: z.string(), why: z.string() })),
});
export type TextCheck = z.output<typeof TextCheck>;

// ---- the declared types ----

export const NoInput = z.strictObject({});
export const PutCedarSchema = z.strictObject({ text });
export const GiveCedarSchema = PutCedarSchema.extend(seenInput);
/** A declared entity type, as a form asks for its values. */
export const DeclaredType = z.object({
  name: z.string(),
  /** Types that one of it can be in. */
  memberOf: z.array(z.string()),
  attributes: z.array(
    z.object({
      name: z.string(),
      required: z.boolean(),
      /** How it is given. */
      kind: z.enum(['string', 'long', 'boolean', 'json']),
      /** The type in words. */
      words: z.string(),
    }),
  ),
});
export type DeclaredType = z.output<typeof DeclaredType>;
export const CedarSchemaView = z.object({
  text: z.string(),
  /** Of the text: who saves says with it what they have seen. */
  digest: z.string(),
  updatedAt: instant.nullable(),
  /** What policies can name: for completion. */
  names: z.object({
    entityTypes: z.array(z.object({ name: z.string(), attributes: z.array(z.string()) })),
    actions: z.array(z.object({ name: z.string(), context: z.array(z.string()) })),
  }),
  /** Those that entities can be of. */
  declared: z.array(DeclaredType),
  can: z.object({ update: Ability }),
});
export type CedarSchemaView = z.output<typeof CedarSchemaView>;

/** All of it at once. */
export const ReplaceCedar = z.strictObject({
  schema: text,
  policies: z.record(PolicyName, policyFields.text),
});

// ---- entities ----

const typeName = z
  .string()
  .max(200)
  .regex(/^[A-Za-z_]\w*(::[A-Za-z_]\w*)*$/, 'must be the name of an entity type');
const entityId = z.string().min(1, 'must not be empty').max(500);
const MAX_PROPERTIES = 12_000;
export const EntityRef = z.strictObject({ type: typeName, id: entityId });
export const PutEntity = z.strictObject({
  ...EntityRef.shape,
  properties: z
    .record(z.string().min(1).max(200), z.unknown())
    .default({})
    .refine((value) => JSON.stringify(value).length <= MAX_PROPERTIES, {
      message: `must be at most ${MAX_PROPERTIES} characters as JSON`,
    }),
  parents: z.array(EntityRef).max(20).default([]),
});
/** `isNew` refuses to take the place of one that is there. */
export const GiveEntity = PutEntity.extend({ isNew: z.boolean().default(false), ...seenInput });
export const ListEntities = z.strictObject({
  ...pageInput,
  type: typeName.optional(),
  /** A part of the id. */
  q: z.string().trim().max(200).optional(),
});
export const EntityView = z.object({
  type: z.string(),
  id: z.string(),
  properties: z.record(z.string(), z.unknown()),
  parents: z.array(EntityRef),
  /** Of all of it: who saves says with it what they have seen. */
  digest: z.string(),
  createdAt: instant,
  updatedAt: instant,
  can: z.object({ update: Ability, remove: Ability }),
});
export type EntityView = z.output<typeof EntityView>;
