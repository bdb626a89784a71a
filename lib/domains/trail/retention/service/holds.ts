import { clock } from '@/lib/kernel/clock';
import type { Context } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import { conflict, invalid, notFound } from '@/lib/kernel/problem';
import { deny } from '@/lib/kernel/verdict';
import { query, verb } from '@/lib/kernel/verb';
import { lockHolds } from '../held';
import { mayLiftHold, mayPlaceHold, maySeeRetention } from '../policy';
import {
  type HoldView,
  holdsInput,
  holdsView,
  holdView,
  liftHoldInput,
  placeHoldInput,
} from '../schema';
import { endHold, findHold, findHolds, type HoldRow, insertHold } from '../trail';

function viewHold(row: HoldRow, { actor }: Context): HoldView {
  const ended = row.lifted_at ? deny('This hold has been lifted.') : mayLiftHold(actor);
  return {
    ...{ id: row.id, filters: row.filters, reason: row.reason, owner: row.owner },
    ...{ placed_by: row.placed_by, placed_at: row.placed_at.toISOString() },
    ...{ lifted_by: row.lifted_by, lifted_at: row.lifted_at?.toISOString() ?? null },
    lift_reason: row.lift_reason,
    can: { lift: ended },
  };
}

/**
 * Places a legal hold. It is in force before it is recorded: should the record fail, the hold
 * is there and listed, and nothing it covers has been removed. A destruction of a key that is
 * under way is waited for, and none begins before this has ended.
 */
export const placeHold = verb({
  name: 'trail.place_hold',
  input: placeHoldInput,
  output: holdView,
  permit: mayPlaceHold,
  run: async ({ ctx, input, tx, event }) => {
    const owner = await tx.member.findUnique({ where: { id: input.owner } });
    if (owner?.state !== 'active') {
      throw invalid([{ field: 'owner', message: 'must be an active member of this workspace' }]);
    }
    await lockHolds(tx, ctx.workspace);
    const id = newId('lgh');
    const { filters, reason } = input;
    const placedAt = clock.now();
    await insertHold({
      ...{ id, workspace: ctx.workspace, reason, owner: owner.id, filters },
      ...{ placedBy: ctx.actor.id, placedAt },
    });
    event({
      type: 'trail.hold_placed',
      object: { type: 'legal_hold', id },
      data: { filters, reason, owner: owner.id },
    });
    const given = Object.entries(filters).filter(([, value]) => value !== undefined);
    return viewHold(
      {
        ...{ id, reason, owner: owner.id, placed_by: ctx.actor.id, placed_at: placedAt },
        ...{ lifted_by: null, lifted_at: null, lift_reason: null },
        filters: Object.fromEntries(given.map(([name, value]) => [name, String(value)])),
      },
      ctx,
    );
  },
});

/** Lifts a hold, once that is recorded: should the lifting fail, the hold stays and is listed so. */
export const liftHold = verb({
  name: 'trail.lift_hold',
  input: liftHoldInput,
  output: holdView,
  permit: mayLiftHold,
  run: async ({ ctx, input, event, after }) => {
    const row = await findHold(ctx.workspace, input.id);
    if (!row) throw notFound('legal hold');
    if (row.lifted_at) throw conflict('hold_lifted', 'This hold has been lifted already.');
    const at = clock.now();
    const lifted = { id: row.id, by: ctx.actor.id, reason: input.reason, at };
    event({
      type: 'trail.hold_lifted',
      object: { type: 'legal_hold', id: row.id },
      data: {
        filters: row.filters,
        placed_for: row.reason,
        owner: row.owner,
        reason: input.reason,
      },
    });
    after(() => endHold(ctx.workspace, lifted));
    return viewHold(
      { ...row, lifted_by: lifted.by, lifted_at: at, lift_reason: input.reason },
      ctx,
    );
  },
});

export const listHolds = query({
  name: 'trail.holds',
  input: holdsInput,
  output: holdsView,
  permit: maySeeRetention,
  run: async ({ ctx }) => ({
    items: (await findHolds(ctx.workspace)).map((row) => viewHold(row, ctx)),
  }),
});
