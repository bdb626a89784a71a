import { z } from 'zod';
import { Ability } from '@/lib/kernel/ability';
import { idSchema } from '@/lib/kernel/ids';
import { pageInput, pageOf } from '@/lib/kernel/page-input';

export const sinkKinds = ['webhook', 'syslog', 'bucket'] as const;
export const sinkFormats = ['event', 'ocsf'] as const;

const loopbackName = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

function isSafe(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return url.protocol === 'https:' || loopbackName.test(url.hostname);
}

function isBare(text: string, parts: readonly ('search' | 'pathname')[]): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  const path = parts.includes('pathname') && url.pathname !== '/';
  const query = parts.includes('search') && url.search !== '';
  return !url.username && !url.password && !url.hash && !path && !query;
}

const safeUrl = z
  .url({ protocol: /^https?$/, error: 'must be an https URL', abort: true })
  .max(2_000)
  .refine(isSafe, 'must be an https URL; http reaches this machine only');

const webhookTarget = z.strictObject({
  kind: z.literal('webhook'),
  url: safeUrl.refine(
    (url) => isBare(url, []),
    'must carry no user, password or fragment; the messages are signed',
  ),
});

const syslogTarget = z.strictObject({
  kind: z.literal('syslog'),
  host: z
    .string()
    .trim()
    .max(253)
    .regex(
      /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$|^[0-9A-Fa-f:.]+$/,
      'must be a host name or an address',
    ),
  port: z.number().int().min(1).max(65_535).default(6_514),
  /** Plain TCP reaches this machine only. */
  transport: z.enum(['tls', 'tcp']).default('tls'),
  /** Certificates to trust instead of the usual ones, in PEM. */
  ca: z
    .string()
    .trim()
    .max(64_000)
    .regex(
      /^-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----$/,
      'must be a certificate in PEM',
    )
    .nullable()
    .default(null),
});

const bucketTarget = z.strictObject({
  kind: z.literal('bucket'),
  endpoint: safeUrl
    .refine(
      (url) => isBare(url, ['search', 'pathname']),
      'must be an origin, as in https://s3.eu-central-1.amazonaws.com',
    )
    .transform((url) => new URL(url).origin),
  region: z.string().regex(/^[a-z0-9-]{1,40}$/, 'must be a region, as in eu-central-1'),
  bucket: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "must be a bucket's name")
    .refine((name) => !name.includes('..'), "must be a bucket's name"),
  prefix: z
    .string()
    .max(200)
    .regex(
      /^$|^[A-Za-z0-9!_.*'()-]+(\/[A-Za-z0-9!_.*'()-]+)*$/,
      'use letters, digits and - _ . in parts divided by /, none at either end',
    )
    .refine(
      (prefix) => !prefix.split('/').some((part) => /^\.+$/.test(part)),
      'must not have a part of dots',
    )
    .default(''),
  accessKeyId: z.string().regex(/^[\w.+=@-]{1,128}$/, 'must be an access key id'),
  /** Days for which the store itself refuses to change or delete an object; null: not locked. */
  lockDays: z.number().int().min(1).max(36_500).nullable().default(null),
  /** An object that is not full is written when its oldest event is this old. */
  everySeconds: z.number().int().min(0).max(3_600).default(60),
});

/** Where events go, without any secret. */
export const sinkTarget = z.discriminatedUnion('kind', [webhookTarget, syslogTarget, bucketTarget]);
export type SinkTarget = z.output<typeof sinkTarget>;
export type SinkFormat = (typeof sinkFormats)[number];

const name = z
  .string()
  .trim()
  .regex(/^[a-z0-9][a-z0-9._-]{1,62}$/, 'use 2 to 63 lower-case letters, digits, ., _ and -');
const format = z.enum(sinkFormats);
const secretAccessKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,256}$/, 'must be a secret access key, without spaces');

export const sinkInput = z.strictObject({ id: idSchema('snk') });

export const createSinkInput = z
  .strictObject({
    name,
    target: sinkTarget,
    format: format.default('event'),
    /** Only what happens from now on, or everything that the trail has. */
    from: z.enum(['now', 'beginning']).default('now'),
    /** Of a bucket; sealed at once and never shown again. */
    secretAccessKey: secretAccessKey.optional(),
  })
  .superRefine((input, issue) => {
    const needed = input.target.kind === 'bucket';
    if ((input.secretAccessKey !== undefined) === needed) return;
    issue.addIssue({
      code: 'custom',
      path: ['secretAccessKey'],
      message: needed ? 'is needed for a bucket' : 'belongs to a bucket only',
    });
  });

export const updateSinkInput = z.strictObject({
  id: idSchema('snk'),
  name: name.optional(),
  /** Its kind stays. */
  target: sinkTarget.optional(),
  format: format.optional(),
  secretAccessKey: secretAccessKey.optional(),
  /** Index of the event to go on with: an earlier one delivers again, a later one leaves out. */
  position: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
});

export const listSinksInput = z.strictObject({
  ...pageInput,
  /** Retired ones as well. */
  retired: z.stringbool().default(false),
});
export const listFailuresInput = z.strictObject({ id: idSchema('snk'), ...pageInput });

export const sinkView = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(sinkKinds),
  target: sinkTarget,
  format,
  state: z.enum(['active', 'failing', 'paused', 'retired']),
  /** Why it is paused, when no person did it. */
  reason: z.string(),
  /** Index of the next event to deliver. */
  position: z.number(),
  /** Events that wait to be delivered; null while the trail cannot be asked. */
  behind: z.number().nullable(),
  /** When the oldest of them happened. */
  oldest: z.string().nullable(),
  delivered: z.number(),
  deliveredAt: z.string().nullable(),
  /** Events by minute over the last hour, oldest first. */
  rate: z.array(z.object({ at: z.string(), events: z.number() })),
  failingSince: z.string().nullable(),
  error: z.string().nullable(),
  attempts: z.number(),
  nextTryAt: z.string().nullable(),
  /** Until when messages are signed with the secret before the last rotation as well. */
  previousUntil: z.string().nullable(),
  createdBy: z.string(),
  createdAt: z.string(),
  can: z.object({
    update: Ability,
    pause: Ability,
    resume: Ability,
    test: Ability,
    rotate: Ability,
    retire: Ability,
  }),
});
export type SinkView = z.output<typeof sinkView>;
export const sinkPage = pageOf(sinkView);

/** With the signing secret of a webhook, which is in this answer only. */
export const sinkWithSecret = z.object({ sink: sinkView, secret: z.string().optional() });
export type SinkWithSecret = z.output<typeof sinkWithSecret>;

export const failureView = z.object({
  id: z.string(),
  beganAt: z.string(),
  endedAt: z.string().nullable(),
  attempts: z.number(),
  position: z.number(),
  error: z.string(),
});
export type FailureView = z.output<typeof failureView>;
export const failurePage = pageOf(failureView);

export const testView = z.object({
  delivered: z.boolean(),
  /** What a webhook or a bucket answered. */
  status: z.number().nullable(),
  error: z.string().nullable(),
});
export type TestView = z.output<typeof testView>;
