import type { Page } from './page-input';
import { invalid } from './problem';

/** An opaque cursor from the sort key of the last row shown. */
export function encodeCursor(key: readonly string[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/** The sort key of a cursor with `parts` members; 422 on anything else. */
export function decodeCursor(cursor: string, parts: number): string[] {
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    const ok =
      Array.isArray(key) && key.length === parts && key.every((part) => typeof part === 'string');
    if (ok) return key as string[];
  } catch {
    // Falls through to the problem below: a cursor is opaque, so any damage reads the same.
  }
  throw invalid([{ field: 'cursor', message: 'is not a cursor of this list; start without one' }]);
}

/** Prisma filter: the text occurs, in capitals or not. Prisma leaves LIKE's `%`, `_` and `\` what they are. */
export function containing(text: string) {
  const contains = text.replaceAll(/[\\%_]/g, (mark) => `\\${mark}`);
  return { contains, mode: 'insensitive' as const };
}

/** Cuts `rows`, fetched with limit + 1, into a page with its next cursor. */
export function toPage<R, T>(
  rows: readonly R[],
  limit: number,
  key: (row: R) => readonly string[],
  view: (row: R) => T,
): Page<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(view),
    next: rows.length > limit && last !== undefined ? encodeCursor(key(last)) : null,
  };
}

/**
 * Prisma `where` for rows after a cursor in the order created_at desc, id desc, or an
 * empty filter without one.
 */
export function afterCreated(cursor: string | undefined) {
  if (cursor === undefined) return {};
  const [time = '', id = ''] = decodeCursor(cursor, 2);
  const createdAt = new Date(time);
  if (Number.isNaN(createdAt.getTime())) {
    throw invalid([
      { field: 'cursor', message: 'is not a cursor of this list; start without one' },
    ]);
  }
  return { OR: [{ createdAt: { lt: createdAt } }, { createdAt, id: { lt: id } }] };
}

export const newestFirst = [{ createdAt: 'desc' as const }, { id: 'desc' as const }];

export function createdKey(row: { createdAt: Date; id: string }): [string, string] {
  return [row.createdAt.toISOString(), row.id];
}
