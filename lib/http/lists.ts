/** What every list of the console has, done once: pages also of short lists, and cursors of one list only. */
import { z } from 'zod';
import { sha256Hex } from '@/lib/infra/crypto';
import { pageInput } from '@/lib/kernel/page-input';
import { encodeCursor, decodeCursor } from '@/lib/kernel/page';
import { invalid } from '@/lib/kernel/problem';
import { type Operation, parse } from '@/lib/kernel/verb';

const wholePage = z.object({
  cursor: pageInput.cursor,
  limit: pageInput.limit.unwrap().optional(),
});

/**
 * The operation as lists are read: `{items, next}` by `cursor` and `limit`. One that has no `limit` gives all
 * it has at once, and is cut into pages here; without a limit it still does. Any other is left as it is.
 */
export function paged(operation: Operation): Operation {
  const { input, output } = operation;
  if (!(input instanceof z.ZodObject) || !(output instanceof z.ZodObject)) return operation;
  if (!(output.shape['items'] instanceof z.ZodArray) || 'limit' in input.shape) return operation;
  const perform: Operation = Object.assign(
    async (ctx: Parameters<Operation>[0], raw: unknown) => {
      const { cursor, limit, ...rest } = raw as Record<string, unknown>;
      const page = parse(wholePage, { cursor, limit });
      const whole = (await operation(ctx, rest)) as { items: readonly unknown[] };
      return { ...whole, ...cut(whole.items, page) };
    },
    {
      kind: operation.kind,
      operation: operation.operation,
      input: input.safeExtend(wholePage.shape),
      output: output.safeExtend({ next: z.string().nullable() }),
    },
  );
  return perform;
}

function cut(
  items: readonly unknown[],
  { cursor, limit }: z.output<typeof wholePage>,
): { items: readonly unknown[]; next: string | null } {
  const start = cursor === undefined ? 0 : after(items, cursor);
  const end = limit === undefined ? items.length : Math.min(items.length, start + limit);
  const next = end < items.length ? encodeCursor([nameOf(items[end - 1]), String(end - 1)]) : null;
  return { items: items.slice(start, end), next };
}

/** Where to go on: after the item last shown, or at its place where it is gone meanwhile. */
function after(items: readonly unknown[], cursor: string): number {
  const [name, place = ''] = decodeCursor(cursor, 2);
  const at = Number(place);
  if (!Number.isSafeInteger(at) || at < 0) {
    throw invalid([{ field: 'cursor', message: 'is not a cursor of this list' }]);
  }
  if (at < items.length && nameOf(items[at]) === name) return at + 1;
  const moved = name === '' ? -1 : items.findIndex((item) => nameOf(item) === name);
  return moved >= 0 ? moved + 1 : at;
}

/** What tells an item from the others of its list; empty where it has no such member. */
function nameOf(item: unknown): string {
  if (typeof item !== 'object' || item === null) return '';
  const { id, key, version } = item as Record<string, unknown>;
  const name = [id, key, version].find((part) => ['string', 'number'].includes(typeof part));
  return name === undefined ? '' : String(name);
}

interface Listed {
  method: string;
  path: string;
  operation: Operation;
}

const marks = new Map<string, string>();

/** Which list a cursor is of: what stands before the dot of each that leaves. */
function markOf({ path }: Listed): string {
  let mark = marks.get(path);
  if (mark === undefined) marks.set(path, (mark = sha256Hex(path).slice(0, 6)));
  return mark;
}

const isList = ({ method, operation: { input } }: Listed) =>
  method === 'GET' && input instanceof z.ZodObject && 'cursor' in input.shape;

/** A list's answer with its cursors marked as its own; any other answer as it is. */
export function markCursors(endpoint: Listed, answer: unknown): unknown {
  if (!isList(endpoint) || typeof answer !== 'object' || answer === null) return answer;
  const list: Record<string, unknown> = { ...answer };
  for (const name of ['next', 'prev']) {
    if (typeof list[name] === 'string') list[name] = `${markOf(endpoint)}.${list[name]}`;
  }
  return list;
}

/** The query with its cursor as the operation gave it. Throws 422 for one of another list. */
export function unmarked(endpoint: Listed, query: Record<string, string>): Record<string, string> {
  const { cursor } = query;
  if (cursor === undefined || !isList(endpoint)) return query;
  const [mark, own] = cursor.split('.');
  if (mark === markOf(endpoint) && own !== undefined) return { ...query, cursor: own };
  throw invalid([{ field: 'cursor', message: 'is not a cursor of this list; start without one' }]);
}
