/**
 * Configuration, read from the process environment and from a `.env` in the
 * working directory (the environment wins).
 *
 * Use: `env().GATEWAY_PORT`. It is parsed once, lazily, so importing this file
 * is free of effects (a build may import it). Everything wrong is reported in
 * one `EnvError`. Workers that cannot run without a variable call
 * `requireEnv('DATABASE_URL', 'COUNTERSIGN_MASTER_KEY')` first. Key material
 * comes from `masterKey()` (32 bytes) and `nextAuthSecret()`.
 */
import { createHmac } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { inWords } from './wrong';

const port = (fallback: number) =>
  z.coerce
    .number('must be a port number')
    .int('must be a port number')
    .min(1)
    .max(65535)
    .default(fallback);
const count = (fallback: number) =>
  z.coerce
    .number('must be a whole number')
    .int('must be a whole number')
    .positive()
    .default(fallback);
const httpUrl = z
  .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
  .transform((url) => url.replace(/\/+$/, ''));
const postgresUrl = z
  .url({ protocol: /^postgres(ql)?$/, error: 'must be a postgresql:// URL', abort: true })
  .refine(
    (url) => new URL(url).pathname.length > 1,
    'must name a database, as in postgresql://host:5432/countersign',
  );

const Env = z
  .object({
    NODE_ENV: z.enum(['development', 'production', 'test']).default('development'),
    HOST: z.string().default('127.0.0.1'),
    PORT: port(3000),
    GATEWAY_PORT: port(4000),
    DATABASE_URL: postgresUrl.optional(),
    TRAIL_DATABASE_URL: postgresUrl.optional(),
    REDIS_URL: z
      .url({ protocol: /^rediss?$/, error: 'must be a redis:// or rediss:// URL' })
      .optional(),
    CLICKHOUSE_URL: httpUrl.optional(),
    COUNTERSIGN_DATA_DIR: z
      .string()
      .default('.countersign')
      .transform((dir) => path.resolve(dir)),
    COUNTERSIGN_MASTER_KEY: z
      .string()
      .refine(
        (key) => Buffer.from(key, 'base64').length === 32,
        'must be 32 bytes in base64 (openssl rand -base64 32)',
      )
      .optional(),
    NEXTAUTH_URL: httpUrl.optional(),
    NEXTAUTH_SECRET: z.string().min(16, 'must be at least 16 characters long').optional(),
    OIDC_ISSUER: httpUrl.optional(),
    OIDC_CLIENT_ID: z.string().optional(),
    OIDC_CLIENT_SECRET: z.string().optional(),
    OIDC_NAME: z.string().default('Single sign-on'),
    SMTP_URL: z
      .url({ protocol: /^smtps?$/, error: 'must be a smtp:// or smtps:// URL', abort: true })
      .refine((url) => new URL(url).hostname !== '', 'must name a host')
      .optional(),
    SMTP_HOST: z.string().optional(),
    SMTP_PORT: port(587),
    SMTP_USER: z.string().optional(),
    SMTP_PASSWORD: z.string().optional(),
    SMTP_FROM: z
      .string()
      .regex(
        /^(?:[^\r\n<>"]* <[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/,
        'must be an address, or a name and an address in angle brackets',
      )
      .optional(),
    /** Proxies in front of the console, each of which adds to X-Forwarded-For. */
    TRUSTED_PROXIES: z.coerce.number('must be a whole number').int().min(0).max(10).default(0),
    GATEWAY_URL: httpUrl.optional(),
    CONSOLE_URL: httpUrl.optional(),
    LOG_LEVEL: z
      .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
      .default('info'),
    COUNTERSIGN_QUEUE: z
      .string()
      .regex(/^[\w-]{1,60}$/, 'must be letters, digits, _ and -')
      .default('countersign'),
    /** Runs a minute that the demo's agents make together. */
    DEMO_PACE: z.coerce.number('must be a number').min(0).max(60_000).optional(),
    OUTBOX_LIMIT: count(100_000),
    OUTBOX_MAX_AGE_SECONDS: count(600),
    TRAIL_ANCHOR_DIR: z
      .string()
      .transform((dir) => path.resolve(dir))
      .optional(),
    TRAIL_ANCHOR_S3_ENDPOINT: httpUrl.optional(),
    TRAIL_ANCHOR_S3_REGION: z.string().default('us-east-1'),
    TRAIL_ANCHOR_S3_BUCKET: z.string().optional(),
    TRAIL_ANCHOR_S3_PREFIX: z
      .string()
      .regex(/^[\w.-]+(\/[\w.-]+)*$/, 'must be names joined by slashes')
      .default('countersign'),
    TRAIL_ANCHOR_S3_ACCESS_KEY_ID: z.string().optional(),
    TRAIL_ANCHOR_S3_SECRET_ACCESS_KEY: z.string().optional(),
    /** Days for which the bucket locks each checkpoint. */
    TRAIL_ANCHOR_S3_RETAIN_DAYS: count(2_557),
    TRAIL_WITNESS_URL: httpUrl.optional(),
    TRAIL_WITNESS_KEY: z
      .string()
      .regex(/^[^\s+]+\+[0-9a-f]{8}\+B[A-P][A-Za-z0-9+/]{42}$/, {
        error: 'must be a verifier key of cosignature/v1: name+id+key',
      })
      .optional(),
  })
  .superRefine((e, ctx) => {
    const problem = (name: string, message: string) =>
      ctx.addIssue({ code: 'custom', path: [name], message });
    if (e.PORT === e.GATEWAY_PORT) problem('GATEWAY_PORT', 'must differ from PORT');
    if (e.OIDC_ISSUER) {
      if (!e.OIDC_CLIENT_ID) problem('OIDC_CLIENT_ID', 'is needed with OIDC_ISSUER');
      if (!e.OIDC_CLIENT_SECRET) problem('OIDC_CLIENT_SECRET', 'is needed with OIDC_ISSUER');
    }
    if (e.SMTP_URL && e.SMTP_HOST) problem('SMTP_HOST', 'and SMTP_URL say the same; set one');
    if ((e.SMTP_URL || e.SMTP_HOST) && !e.SMTP_FROM)
      problem('SMTP_FROM', 'is needed to send mail: the address that it comes from');
    if (e.SMTP_USER && !e.SMTP_PASSWORD) problem('SMTP_PASSWORD', 'is needed with SMTP_USER');
    if (e.TRAIL_ANCHOR_S3_ENDPOINT) {
      for (const name of ['BUCKET', 'ACCESS_KEY_ID', 'SECRET_ACCESS_KEY'] as const) {
        const needed = `TRAIL_ANCHOR_S3_${name}` as const;
        if (!e[needed]) problem(needed, 'is needed with TRAIL_ANCHOR_S3_ENDPOINT');
      }
    }
    if (e.TRAIL_WITNESS_URL && !e.TRAIL_WITNESS_KEY)
      problem('TRAIL_WITNESS_KEY', 'is needed with TRAIL_WITNESS_URL');
    if (e.TRAIL_DATABASE_URL && !e.DATABASE_URL)
      problem('DATABASE_URL', 'is needed with TRAIL_DATABASE_URL');
    if (e.TRAIL_DATABASE_URL && e.TRAIL_DATABASE_URL === e.DATABASE_URL)
      problem('TRAIL_DATABASE_URL', 'must name another database than DATABASE_URL');
  })
  .transform((e) => {
    const consoleUrl = e.CONSOLE_URL ?? e.NEXTAUTH_URL ?? `http://${urlHost(e.HOST)}:${e.PORT}`;
    return {
      ...e,
      TRAIL_DATABASE_URL:
        e.TRAIL_DATABASE_URL ?? (e.DATABASE_URL ? withDatabaseSuffix(e.DATABASE_URL) : undefined),
      GATEWAY_URL: e.GATEWAY_URL ?? `http://${urlHost(e.HOST)}:${e.GATEWAY_PORT}`,
      CONSOLE_URL: consoleUrl,
      NEXTAUTH_URL: e.NEXTAUTH_URL ?? consoleUrl,
    };
  });

export type Env = z.output<typeof Env>;

/** Everything that is wrong with the environment, one line a variable. */
export class EnvError extends Error {
  override name = 'EnvError';
}

/** A wildcard listener is reached by the loopback address. */
function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

function withDatabaseSuffix(url: string): string {
  const parsed = new URL(url);
  parsed.pathname = `${parsed.pathname}_trail`;
  return parsed.href;
}

/** Parses an environment; an empty value counts as unset. Throws `EnvError`. */
export function parseEnv(source: Record<string, string | undefined>): Env {
  const set = Object.fromEntries(
    Object.entries(source).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = Env.safeParse(set, { error: inWords });
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
  throw new EnvError(`The configuration is not valid (see .env.example):\n${lines.join('\n')}`);
}

let cached: Env | undefined;

/** The validated environment of this process. */
export function env(): Env {
  if (cached) return cached;
  if (existsSync('.env')) process.loadEnvFile('.env');
  cached = parseEnv(process.env);
  return cached;
}

/** Forgets the parsed environment, so that the next `env()` reads it anew. */
export function resetEnv(): void {
  cached = undefined;
}

/** Sets variables of this process (the supervisor and test set-up do), then forgets the parsed ones. */
export function setEnv(values: Record<string, string>): void {
  Object.assign(process.env, values);
  resetEnv();
}

/** The environment to give a child process: this one's with `values` over it; undefined removes a name. */
export function childEnv(values: Record<string, string | undefined> = {}): NodeJS.ProcessEnv {
  const merged = { ...process.env, ...values };
  for (const [name, value] of Object.entries(merged)) if (value === undefined) delete merged[name];
  return merged;
}

/** Throws one `EnvError` naming each of `names` that is not set. */
export function requireEnv(...names: (keyof Env)[]): Env {
  const e = env();
  const missing = names.filter((name) =>
    name === 'COUNTERSIGN_MASTER_KEY' ? readMasterKey() === undefined : e[name] === undefined,
  );
  if (missing.length === 0) return e;
  const lines = missing.map((name) =>
    name === 'COUNTERSIGN_MASTER_KEY'
      ? `  ${name}: is not set, and there is no ${masterKeyFile(e.COUNTERSIGN_DATA_DIR)}`
      : `  ${name}: is not set`,
  );
  throw new EnvError(`The configuration is not complete (see .env.example):\n${lines.join('\n')}`);
}

/** Where the embedded start keeps the master key it generated. */
export function masterKeyFile(dataDir: string): string {
  return path.join(dataDir, 'master.key');
}

/** The master key in a data directory, base64; undefined where there is none. */
export function keyInFile(dataDir: string): string | undefined {
  const file = masterKeyFile(dataDir);
  if (!existsSync(file)) return undefined;
  const text = readFileSync(file, 'utf8').trim();
  if (Buffer.from(text, 'base64').length !== 32)
    throw new EnvError(
      `${file} does not hold 32 bytes in base64. Restore it from the backup, then start again.`,
    );
  return text;
}

function readMasterKey(): string | undefined {
  const e = env();
  return e.COUNTERSIGN_MASTER_KEY ?? keyInFile(e.COUNTERSIGN_DATA_DIR);
}

/** The 32-byte master key: COUNTERSIGN_MASTER_KEY, else the one the embedded start generated. */
export function masterKey(): Buffer {
  const text = readMasterKey();
  if (text === undefined) requireEnv('COUNTERSIGN_MASTER_KEY');
  return Buffer.from(text ?? '', 'base64');
}

/** The secret that signs console sessions: NEXTAUTH_SECRET, else derived from the master key. */
export function nextAuthSecret(): string {
  return (
    env().NEXTAUTH_SECRET ??
    createHmac('sha256', masterKey()).update('nextauth-secret').digest('base64url')
  );
}
