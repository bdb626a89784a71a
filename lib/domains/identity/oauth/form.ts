import type { Context } from 'hono';
import { Bytes } from '@/lib/http/bytes';
import { invalidRequest, OAuthError } from './errors';

const LIMIT = 64_000;

/** The parameters of a form-encoded request. Only `resource` may be given more than once (RFC 8707, 2). */
export interface Form extends ReadonlyMap<string, string> {
  readonly resources: readonly string[];
}

class Parameters extends Map<string, string> implements Form {
  readonly resources: string[] = [];
}

/** Reads them; one given twice is refused (RFC 6749, 3.2). */
export async function readForm(c: Context): Promise<Form> {
  const type = c.req.header('content-type') ?? '';
  if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(type)) {
    throw new OAuthError(
      'invalid_request',
      'Send the request as application/x-www-form-urlencoded.',
      415,
    );
  }
  const form = new Parameters();
  for (const [name, value] of new URLSearchParams(await boundedText(c))) {
    // Sent without a value is the same as not sent (RFC 6749, 3.2).
    if (name === 'resource' && value !== '') {
      form.resources.push(value);
      continue;
    }
    if (form.has(name)) throw invalidRequest(`${nameable(name)} is given more than once.`);
    if (value !== '') form.set(name, value);
  }
  return form;
}

/** A description has no other characters than RFC 6749, 5.2 allows, whatever a parameter is called. */
function nameable(name: string): string {
  return /^[\w.-]{1,60}$/.test(name) ? name : 'A parameter';
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
