/** The place where a search goes on, bound to the question that it was asked with. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { derivedDataKey } from '@/lib/infra/crypto';
import { canonicalJson } from '@/lib/kernel/canonical';
import { Problem } from '@/lib/kernel/problem';
import type { Snapshot } from '../snapshot/snapshot';

const BYTES = 18;

export function pageToken(snapshot: Snapshot, question: unknown, after: string): string {
  const place = Buffer.from(after).toString('base64url');
  return `${place}.${seal(snapshot, question, after).toString('base64url')}`;
}

/** The last one that was looked at; empty without a token. Throws 400 for a token of another question. */
export function placeOf(snapshot: Snapshot, question: unknown, token: string | undefined): string {
  if (token === undefined || token === '') return '';
  const [place = ''] = token.split('.');
  const after = Buffer.from(place, 'base64url').toString('utf8');
  const given = Buffer.from(token);
  const wanted = Buffer.from(pageToken(snapshot, question, after));
  if (given.length === wanted.length && timingSafeEqual(given, wanted)) return after;
  const field = { field: 'page.token', message: 'is not of this search; start without one' };
  throw new Problem({
    status: 400,
    code: 'invalid_page_token',
    title: 'Bad request',
    detail: `${field.field}: ${field.message}`,
    errors: [field],
  });
}

function seal({ dataKey, workspace }: Snapshot, question: unknown, after: string): Buffer {
  const key = derivedDataKey(dataKey, workspace, 'authzen pages');
  const text = canonicalJson([question, after]);
  return createHmac('sha256', key).update(text).digest().subarray(0, BYTES);
}
