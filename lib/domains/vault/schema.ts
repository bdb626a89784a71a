import { z } from 'zod';
import { Ability } from '@/lib/kernel/ability';
import { idSchema } from '@/lib/kernel/ids';
import { pageInput, pageOf } from '@/lib/kernel/page-input';
import { originOf } from './origin';
import { rotationSteps } from './rotation';
import { leftKey } from './state';

/** How a secret is renewed. */
export const rotator = z.discriminatedUnion('kind', [
  /** A person brings the new value. */
  z.strictObject({ kind: z.literal('manual') }),
  /**
   * The upstream makes keys itself: POST {baseUrl}/api-keys → {id, key}, GET {baseUrl}/whoami,
   * DELETE {baseUrl}/api-keys/{id}, each with a key as a Bearer token.
   */
  z.strictObject({
    kind: z.literal('http_api_keys'),
    baseUrl: z
      .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
      .max(500)
      .transform((url) => url.replace(/\/+$/, '')),
    /** How long the old key stays valid after the switch, for calls already under way. */
    graceSeconds: z.number().int().min(0).max(86_400).default(10),
  }),
]);
export type Rotator = z.output<typeof rotator>;

const name = z
  .string()
  .trim()
  .regex(/^[a-z0-9][a-z0-9._-]{1,62}$/, 'use 2 to 63 lower-case letters, digits, ., _ and -');
const description = z.string().trim().max(500);
const value = z.string().min(1, 'must not be empty').max(8_000);
/** An address by which a person says where a value may be sent; kept as scheme, host and port. */
const origin = z
  .url({ protocol: /^https?$/, error: 'must be an http or https URL', abort: true })
  .max(500)
  .transform(originOf);
const rotateEveryDays = z.number().int().min(1).max(730).nullable();

export const createSecretInput = z
  .strictObject({
    name,
    description: description.default(''),
    /** The credential that the upstream already knows; kept sealed and never shown again. */
    value: value.optional(),
    /** Have 256 random bits made instead; they are shown once. */
    generate: z.boolean().default(false),
    rotator: rotator.default({ kind: 'manual' }),
    /** Where alone it may be sent; without it, the first tool or rotator that uses it says so. */
    origin: origin.optional(),
    /** Days until it is due; the workspace's own limit when null. */
    rotateEveryDays: rotateEveryDays.default(null),
  })
  .superRefine((input, issue) => {
    if ((input.value === undefined) !== input.generate) {
      issue.addIssue({
        code: 'custom',
        path: ['value'],
        message: 'give the value, or have one generated',
      });
    }
  });

/** A secret that is known of, and has no value yet. */
export const declareSecretInput = z.strictObject({ name, description, rotator, rotateEveryDays });

export const secretRef = z.strictObject({ id: idSchema('sec') });

export const updateSecretInput = z.strictObject({
  id: idSchema('sec'),
  name: name.optional(),
  description: description.optional(),
  rotator: rotator.optional(),
  rotateEveryDays: rotateEveryDays.optional(),
});

export const revokeSecretInput = z.strictObject({
  id: idSchema('sec'),
  reason: z.string().trim().max(500).default(''),
});

export const rotateSecretInput = z.strictObject({
  id: idSchema('sec'),
  /** The new value, for a secret that is rotated by hand. */
  value: value.optional(),
  /** Where who enters it expects it to go; refused when it would go elsewhere. */
  origin: origin.optional(),
});

export const secretState = z.enum(['active', 'revoked']);

export const listSecretsInput = z.strictObject({
  ...pageInput,
  q: z.string().trim().max(100).optional(),
  state: secretState.optional(),
});

const rotationRef = z.object({ id: z.string(), step: z.enum(rotationSteps) }).nullable();

export const secretView = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  rotator,
  /** Where alone its value is sent: `https://host:port`, or `postgres:` for a database that it names. */
  origin: z.string().nullable(),
  rotateEveryDays: z.number().nullable(),
  state: secretState,
  createdBy: z.string(),
  createdAt: z.string(),
  updatedAt: z.string(),
  /** Number of the current version. */
  version: z.number().nullable(),
  /** Since when the current version is in use. */
  activatedAt: z.string().nullable(),
  dueAt: z.string().nullable(),
  /** The rotation under way. */
  rotation: rotationRef,
  usedBy: z.array(z.object({ id: z.string(), name: z.string() })),
  can: z.object({ update: Ability, rotate: Ability, revoke: Ability }),
});
export type SecretView = z.output<typeof secretView>;
export const secretPage = pageOf(secretView);

/** A generated value is in this answer and in no other. */
export const newSecret = z.object({ secret: secretView, value: z.string().optional() });

export const secretVersionView = z.object({
  id: z.string(),
  version: z.number(),
  state: z.enum(['pending', 'current', 'previous', 'revoked']),
  upstreamId: z.string().nullable(),
  createdAt: z.string(),
  activatedAt: z.string().nullable(),
  revokedAt: z.string().nullable(),
});
export type SecretVersionView = z.output<typeof secretVersionView>;
export const secretVersions = z.object({ items: z.array(secretVersionView) });

// Rotations

export const subjectType = z.enum(['secret', 'credential']);

export const rotationView = z.object({
  id: z.string(),
  subjectType,
  subjectId: z.string(),
  subjectName: z.string(),
  step: z.enum(rotationSteps),
  trigger: z.enum(['schedule', 'hand']),
  startedBy: z.string(),
  startedAt: z.string(),
  finishedAt: z.string().nullable(),
  attempts: z.number(),
  error: z.string().nullable(),
  /** What it waits for, in a sentence. */
  waiting: z.string().nullable(),
  /** When each step was reached. */
  steps: z.array(z.object({ step: z.enum(rotationSteps), at: z.string() })),
  /** The credential that takes over. */
  successorId: z.string().nullable(),
  /** Before it a step that did not succeed is not tried again. */
  nextTryAt: z.string().nullable(),
  /** Who ended it before it was done and why, and what a person has to do at the upstream. */
  ended: z
    .object({
      by: z.string(),
      reason: z.string(),
      /** Keys that are or may be valid at the upstream; `upstreamId` null where it is not known. */
      notWithdrawn: z.array(leftKey),
      toDo: z.string(),
    })
    .nullable(),
  can: z.object({ collect: Ability, finish: Ability }),
});
export type RotationView = z.output<typeof rotationView>;
export const rotationPage = pageOf(rotationView);

export const rotationId = z.strictObject({ id: idSchema('rot') });

export const finishRotationInput = z.strictObject({
  id: idSchema('rot'),
  /** Why it is ended by hand. */
  reason: z.string().trim().min(1, 'say why').max(500),
});

export const listRotationsInput = z.strictObject({
  ...pageInput,
  subject: z.string().max(60).optional(),
  /** open: not finished yet. */
  state: z.enum(['open', 'finished', 'failed']).optional(),
});

/** Something with an age, beside the policy it is held to. */
export const dueItem = z.object({
  subjectType,
  id: z.string(),
  name: z.string(),
  /** key pair, client secret or the secret's rotator. */
  kind: z.string(),
  agentId: z.string().nullable(),
  since: z.string(),
  maxAgeDays: z.number(),
  dueAt: z.string(),
  /** Whether the schedule rotates it by itself. */
  automatic: z.boolean(),
  rotation: rotationRef,
  can: z.object({ rotate: Ability }),
});
export type DueItem = z.output<typeof dueItem>;
/** What is due within so many days is due soon. */
export const DUE_SOON_DAYS = 14;

export const listDueInput = z.strictObject(pageInput);
export const dueList = pageOf(dueItem).extend({
  /** How many are in use in all, past their day, and due within DUE_SOON_DAYS. */
  counts: z.object({ inUse: z.number(), overdue: z.number(), soon: z.number() }),
  secretMaxAgeDays: z.number(),
  credentialMaxAgeDays: z.number(),
});
export type DueList = z.output<typeof dueList>;

// Rotation of an agent's credential

export const rotateCredentialInput = z.strictObject({
  id: idSchema('crd'),
  /** The successor's public key; without it the server makes a pair and shows it once. */
  publicJwk: z.unknown().optional(),
  /** The old credential is revoked at the latest after this, unless its successor is before. */
  overlapHours: z.number().int().min(1).max(336).default(24),
});
