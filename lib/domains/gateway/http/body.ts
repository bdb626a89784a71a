import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import { Bytes } from '@/lib/http/bytes';
import { assertJsonType, assertNamesOnce, utf8Text } from '@/lib/http/json';
import { invalid, Problem } from '@/lib/kernel/problem';
import { findUnstorable } from '@/lib/kernel/storable';
import { parse } from '@/lib/kernel/verb';
import { cohort } from '../cohort';
import { MAX_BYTES } from '../schema';

/**
 * The JSON body, parsed with its schema. Throws 413 above 1 MB, 415 for another media type or a packed body,
 * 400 for what is no JSON in UTF-8 or has a member twice, and 422 with every wrong field named.
 */
export async function readBody<S extends z.ZodType>(
  incoming: IncomingMessage,
  schema: S,
): Promise<z.output<S>> {
  return parse(schema, await readJson(incoming));
}

/** The JSON body as it is. Throws as `readBody` does, short of the schema. */
export async function readJson(incoming: IncomingMessage): Promise<unknown> {
  assertJsonType(incoming.headers['content-type'], incoming.headers['content-encoding']);
  const text = utf8Text(await readBytes(incoming));
  await cohort();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Problem({
      status: 400,
      code: 'not_json',
      title: 'Not JSON',
      detail: 'The body is not valid JSON. Check its syntax.',
    });
  }
  const found = findUnstorable(value);
  if (found) throw invalid([found]);
  assertNamesOnce(text, value);
  return value;
}

function readBytes(incoming: IncomingMessage): Promise<Buffer> {
  if (Number(incoming.headers['content-length'] ?? 0) > MAX_BYTES)
    return Promise.reject(tooLarge());
  return new Promise((resolve, reject) => {
    const bytes = new Bytes();
    incoming.on('data', (chunk: Buffer) => {
      if (bytes.size + chunk.length > MAX_BYTES) {
        incoming.pause();
        reject(tooLarge());
        return;
      }
      bytes.add(chunk);
    });
    incoming.on('end', () => resolve(bytes.all()));
    incoming.on('error', reject);
  });
}

function tooLarge(): Problem {
  return new Problem({
    status: 413,
    code: 'too_large',
    title: 'Too large',
    detail: 'The body is larger than 1 MB. Send less; refer to evidence instead of enclosing it.',
    headers: { Connection: 'close' },
  });
}
