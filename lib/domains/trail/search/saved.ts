import type { Prisma, Tx } from '@/lib/infra/db';
import type { Actor } from '@/lib/kernel/actor';
import { newId } from '@/lib/kernel/ids';
import { conflict, notFound } from '@/lib/kernel/problem';
import { permitted, query, verb } from '@/lib/kernel/verb';
import { allow, deny, type Verdict } from '@/lib/kernel/verdict';
import { maySearch } from '../policy';
import { nothing } from '../schema';
import { createSearchInput, savedInput, savedSearches, savedSearchView } from './schema';

/** More would be no help to anyone in a menu. */
const MOST = 100;

type Row = Awaited<ReturnType<typeof findSearches>>[number];

/** A member's own and those that others share. */
function findSearches(tx: Tx, member: string) {
  return tx.savedSearch.findMany({
    where: { OR: [{ memberId: member }, { shared: true }] },
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
    take: 10 * MOST,
  });
}

function mayDelete(actor: Actor, row: { memberId: string }): Verdict {
  const admin = actor.type === 'member' && actor.roles.includes('admin');
  if (admin || row.memberId === actor.id) return allow;
  return deny('A shared search is deleted by who saved it, or by an admin.');
}

function view(row: Row, actor: Actor) {
  return {
    id: row.id,
    name: row.name,
    filters: row.filters as Record<string, string>,
    shared: row.shared,
    member: row.memberId,
    own: row.memberId === actor.id,
    created_at: row.createdAt.toISOString(),
    can: { delete: mayDelete(actor, row) },
  };
}

const told = (row: Row) => ({ name: row.name, filters: row.filters, shared: row.shared });

export const listSearches = query({
  name: 'trail.searches',
  input: nothing,
  output: savedSearches,
  permit: maySearch,
  run: async ({ ctx, tx }) => {
    const rows = await findSearches(tx, ctx.actor.id);
    return { items: rows.map((row) => view(row, ctx.actor)) };
  },
});

export const createSearch = verb({
  name: 'trail.create_search',
  input: createSearchInput,
  output: savedSearchView,
  permit: maySearch,
  run: async ({ ctx, input, tx, event }) => {
    const own = await tx.savedSearch.count({ where: { memberId: ctx.actor.id } });
    if (own >= MOST) {
      throw conflict('too_many_searches', `You have ${MOST} saved searches. Delete one first.`);
    }
    const filters = JSON.parse(JSON.stringify(input.filters)) as Prisma.InputJsonObject;
    const row = await tx.savedSearch.create({
      data: {
        id: newId('sav'),
        workspaceId: ctx.workspace,
        memberId: ctx.actor.id,
        name: input.name,
        filters,
        shared: input.shared,
      },
    });
    event({
      type: 'saved_search.created',
      object: { type: 'saved_search', id: row.id },
      data: { after: told(row) },
    });
    return view(row, ctx.actor);
  },
});

export const deleteSearch = verb({
  name: 'trail.delete_search',
  input: savedInput,
  output: savedSearchView,
  permit: maySearch,
  run: async ({ ctx, input, tx, event }) => {
    const row = await tx.savedSearch.findFirst({ where: { id: input.id } });
    const verdict = row && mayDelete(ctx.actor, row);
    // What someone keeps to themselves is not there for others.
    if (!row || !(verdict?.allowed || row.shared)) throw notFound('saved search');
    permitted(mayDelete(ctx.actor, row));
    const { count } = await tx.savedSearch.deleteMany({ where: { id: row.id } });
    if (count === 0) throw notFound('saved search');
    event({
      type: 'saved_search.deleted',
      object: { type: 'saved_search', id: row.id },
      data: { before: told(row) },
    });
    return view(row, ctx.actor);
  },
});
