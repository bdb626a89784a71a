/** The upstream's side of `http_api_keys`. Nothing here is called inside a transaction. */
import { z } from 'zod';
import { httpCall, type HttpAnswer } from '@/lib/infra/http-client';
import { originOf, originWords } from './origin';

const TIMEOUT_MS = 10_000;

/** The upstream answered, and not with what a rotation needs. */
export class UpstreamFailure extends Error {
  override name = 'UpstreamFailure';
  /** Whether it is certain that what was asked for was not done. */
  readonly nothingDone: boolean;

  constructor(message: string, nothingDone: boolean) {
    super(message);
    this.nothingDone = nothingDone;
  }
}

/** Trying again will not help. */
export class UpstreamRefusal extends UpstreamFailure {
  override name = 'UpstreamRefusal';
}

/** The upstream is not where the secret was given for; nothing was sent. */
export class WrongOrigin extends UpstreamRefusal {
  override name = 'WrongOrigin';
}

/** Where a secret is renewed. */
export interface Upstream {
  baseUrl: string;
  /** Where alone its value may be sent; null is nowhere. */
  origin: string | null;
}

export function wrongOrigin(origin: string | null, asked: string): string {
  return origin === null
    ? `The secret is used at several addresses, so it is not sent to ${asked}. Keep one for each.`
    : `The secret was entered for ${originWords(origin)}, so it is not sent to ${asked}.`;
}

const madeKey = z.object({ id: z.string().min(1).max(200), key: z.string().min(1).max(8_000) });
const whoAmI = z.union([
  z.object({ key: z.object({ id: z.string().min(1).max(200) }) }),
  z.object({ id: z.string().min(1).max(200) }),
]);

/** Makes a key. The upstream answers the same key again for the same idempotency key. */
export async function makeKey(
  upstream: Upstream,
  current: string,
  idempotencyKey: string,
): Promise<{ id: string; key: string }> {
  const answer = await call(upstream, 'POST', '/api-keys', current, idempotencyKey);
  return read(madeKey, expectSuccess(answer, 'make a key'), 'make a key');
}

/** The upstream's id of the key it is shown, which proves that the key works. */
export async function identifyKey(upstream: Upstream, key: string): Promise<string> {
  const answer = await call(upstream, 'GET', '/whoami', key);
  const found = read(whoAmI, expectSuccess(answer, 'accept the key'), 'name the key');
  return 'key' in found ? found.key.id : found.id;
}

/** Withdraws a key; one that is gone already is as good. */
export async function withdrawKey(upstream: Upstream, using: string, id: string): Promise<void> {
  const answer = await call(upstream, 'DELETE', `/api-keys/${encodeURIComponent(id)}`, using);
  if (answer.status !== 404) expectSuccess(answer, 'withdraw the key');
}

async function call(
  { baseUrl, origin }: Upstream,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  key: string,
  idempotencyKey?: string,
): Promise<HttpAnswer> {
  const url = `${baseUrl}${path}`;
  // The verbs keep the two together; should a row say otherwise, the value stays here.
  if (origin !== originOf(url)) throw new WrongOrigin(wrongOrigin(origin, originOf(url)), true);
  return httpCall({
    method,
    url,
    timeoutMs: TIMEOUT_MS,
    headers: {
      authorization: `Bearer ${key}`,
      accept: 'application/json',
      ...(idempotencyKey ? { 'idempotency-key': idempotencyKey } : {}),
    },
  });
}

// The upstream's words are not repeated: they may hold what was sent.
function expectSuccess(answer: HttpAnswer, deed: string): string {
  if (answer.status >= 200 && answer.status < 300) return answer.text;
  const message = `The upstream did not ${deed}: it answered ${answer.status}.`;
  const { status } = answer;
  const nothingDone = status >= 400 && status < 500;
  if (status === 429 || status >= 500) throw new UpstreamFailure(message, nothingDone);
  throw new UpstreamRefusal(message, nothingDone);
}

function read<T>(schema: z.ZodType<T>, text: string, deed: string): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UpstreamRefusal(`The upstream did not ${deed}: its answer is not JSON.`, false);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new UpstreamRefusal(`The upstream did not ${deed}: its answer has another form.`, false);
}
