import type { Context } from 'hono';
import { Bytes } from '@/lib/http/bytes';
import { invalidRequest, OAuthError } from './errors';

const LIMIT = 64_000;

/** The parameters of a form-encoded request; one given twice is refused (RFC 6749, 3.2). */
export async function readForm(c: Context): Promise<Map<string, string>> {
  const type = c.req.header('content-type') ?? '';
  if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(type)) {
    throw new OAuthError(
      'invalid_request',
      'Send the request as application/x-www-form-urlencoded.',
      415,
    );
  }
  const form = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(await boundedText(c))) {
    if (form.has(name)) throw invalidRequest(`${name} is given more than once.`);
    // Sent without a value is the same as not sent (RFC 6749, 3.2).
    if (value !== '') form.set(name, value);
  }
  return form;
}

async function boundedText(c: Context): Promise<string> {
  const bytes = new Bytes();
  for await (const chunk of (c.req.raw.body ?? []) as AsyncIterable<Uint8Array>) {
    if (bytes.size + chunk.byteLength > LIMIT) {
      throw new OAuthError('invalid_request', 'The request is larger than 64 kB.', 413);
    }
    bytes.add(chunk);
  }
  return bytes.all().toString('utf8');
}
