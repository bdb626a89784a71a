/** The upstream's side of `http_api_keys`. Nothing here is called inside a transaction. */
import { z } from 'zod';
import { httpCall, type HttpAnswer } from '@/lib/infra/http-client';

const TIMEOUT_MS = 10_000;

/** The upstream answered, and not with what a rotation needs; trying again will not help. */
export class UpstreamRefusal extends Error {
  override name = 'UpstreamRefusal';
}

const madeKey = z.object({ id: z.string().min(1).max(200), key: z.string().min(1).max(8_000) });
const whoAmI = z.union([
  z.object({ key: z.object({ id: z.string().min(1).max(200) }) }),
  z.object({ id: z.string().min(1).max(200) }),
]);

/** Makes a key. The upstream answers the same key again for the same idempotency key. */
export async function makeKey(
  baseUrl: string,
  current: string,
  idempotencyKey: string,
): Promise<{ id: string; key: string }> {
  const answer = await call('POST', `${baseUrl}/api-keys`, current, idempotencyKey);
  return read(madeKey, expectSuccess(answer, 'make a key'), 'make a key');
}

/** The upstream's id of the key it is shown, which proves that the key works. */
export async function identifyKey(baseUrl: string, key: string): Promise<string> {
  const answer = await call('GET', `${baseUrl}/whoami`, key);
  const found = read(whoAmI, expectSuccess(answer, 'accept the key'), 'name the key');
  return 'key' in found ? found.key.id : found.id;
}

/** Withdraws a key; one that is gone already is as good. */
export async function withdrawKey(baseUrl: string, using: string, id: string): Promise<void> {
  const answer = await call('DELETE', `${baseUrl}/api-keys/${encodeURIComponent(id)}`, using);
  if (answer.status !== 404) expectSuccess(answer, 'withdraw the key');
}

function call(
  method: 'GET' | 'POST' | 'DELETE',
  url: string,
  key: string,
  idempotencyKey?: string,
): Promise<HttpAnswer> {
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
  if (answer.status === 429 || answer.status >= 500) throw new Error(message);
  throw new UpstreamRefusal(message);
}

function read<T>(schema: z.ZodType<T>, text: string, deed: string): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UpstreamRefusal(`The upstream did not ${deed}: its answer is not JSON.`);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new UpstreamRefusal(`The upstream did not ${deed}: its answer has another form.`);
}
