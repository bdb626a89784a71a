import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { jobContext } from '@/lib/kernel/context';
import { pageInput, pageOf } from '@/lib/kernel/page-input';
import { encodeCursor } from '@/lib/kernel/page';
import type { Operation } from '@/lib/kernel/verb';
import { get } from './api';
import { markCursors, paged, unmarked } from './lists';

const ctx = jobContext('ws_test', 'test');

/** A list that gives all it has at once. */
function whole(items: () => unknown[], input = z.strictObject({ id: z.string().optional() })) {
  const perform = async (_: unknown, raw: unknown) => {
    input.parse(raw);
    return { items: items(), can: true };
  };
  const output = z.object({ items: z.array(z.unknown()), can: z.boolean() });
  return Object.assign(perform, {
    ...{ kind: 'query' as const, operation: 'test.list', input, output },
  }) as Operation;
}

const letters = (text: string) => [...text].map((id) => ({ id }));

async function walk(list: Operation, limit: number, between = () => {}): Promise<string> {
  let cursor: string | undefined;
  let seen = '';
  do {
    const page = (await list(ctx, { limit, ...(cursor ? { cursor } : {}) })) as {
      items: { id: string }[];
      next: string | null;
    };
    seen += page.items.map(({ id }) => id).join('');
    cursor = page.next ?? undefined;
    between();
  } while (cursor !== undefined);
  return seen;
}

describe('a short list', () => {
  it('is whole without a limit, and in pages with one', async () => {
    const list = paged(whole(() => letters('abcde')));
    expect(await list(ctx, { id: 'x' })).toEqual({
      ...{ items: letters('abcde'), can: true, next: null },
    });
    for (const limit of [1, 2, 5, 6, 200]) expect(await walk(list, limit)).toBe('abcde');
    expect(await walk(paged(whole(() => [])), 1)).toBe('');
  });

  it('goes on after the item last shown, also when others came or it went', async () => {
    let items = letters('abcde');
    const grown = paged(whole(() => items));
    expect(await walk(grown, 2, () => (items = [{ id: '0' }, ...items]))).toBe('abcde');
    items = letters('abcde');
    const first = (await grown(ctx, { limit: 2 })) as { next: string };
    items = letters('acde');
    expect(await grown(ctx, { cursor: first.next })).toMatchObject({ items: letters('cde') });
  });

  it('needs no names', async () => {
    const list = paged(whole(() => ['a', 'a', 'b']));
    const first = (await list(ctx, { limit: 2 })) as { next: string };
    expect(await list(ctx, { limit: 2, cursor: first.next })).toMatchObject({
      ...{ items: ['b'], next: null },
    });
  });

  it.each([
    [{ limit: 0 }, 'limit'],
    [{ limit: 'x' }, 'limit'],
    [{ limit: 201 }, 'limit'],
    [{ cursor: 'x' }, 'cursor'],
    [{ cursor: encodeCursor(['a', '-1']) }, 'cursor'],
    [{ cursor: encodeCursor(['a', 'b']) }, 'cursor'],
  ])('refuses %j by its field', async (input, field) => {
    const list = paged(whole(() => letters('abc')));
    await expect(list(ctx, input)).rejects.toMatchObject({ status: 422, errors: [{ field }] });
  });

  it('is not cut twice', () => {
    const input = z.strictObject(pageInput) as z.ZodType;
    const own = Object.assign(
      whole(() => []),
      { input, output: pageOf(z.string()) as z.ZodType },
    );
    expect(paged(own)).toBe(own);
  });
});

describe('a cursor', () => {
  const endpoint = (path: string) =>
    get(
      path,
      whole(() => []),
      { summary: 'x' },
    );
  const [agents, roles] = [endpoint('/api/agents'), endpoint('/api/roles')];
  const leaving = (next: string) => markCursors(agents, { next, prev: null }) as { next: string };

  it('comes back to its own list as it was, and to no other', () => {
    const own = encodeCursor(['2026', 'agt_1']);
    const { next } = leaving(own);
    expect(unmarked(agents, { cursor: next, q: 'x' })).toEqual({ cursor: own, q: 'x' });
    for (const [list, cursor] of [
      [roles, next],
      [agents, own],
      [agents, `${next}x.y`.slice(1)],
    ] as const) {
      expect(() => unmarked(list, { cursor })).toThrow('is not a cursor of this list');
    }
  });

  it('is marked in lists alone', () => {
    const other = get(
      '/api/things/{id}',
      Object.assign(
        whole(() => []),
        { input: z.object({}), output: z.object({}) as z.ZodType },
      ),
      { summary: 'x' },
    );
    expect(markCursors(other, { next: 'step' })).toEqual({ next: 'step' });
    expect(unmarked(other, { cursor: 'x' })).toEqual({ cursor: 'x' });
    expect(markCursors(agents, null)).toBeNull();
  });
});
