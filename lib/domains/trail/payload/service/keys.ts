import { toPage } from '@/lib/kernel/page';
import { permitted, query, verb } from '@/lib/kernel/verb';
import { destroyOne } from '../destroy';
import { blankPayloads } from '../jobs';
import { mayDestroyKey, mayDestroyKeys, mayListKeys } from '../policy';
import { countByKey, findKeys, keyOrder, loadKey } from '../repo';
import { destroyKeyInput, keyPage, keyView, listKeysInput } from '../schema';
import { viewKey } from '../view';
import { assertNotHeld, lockHolds } from '../../retention/held';

export const listKeys = query({
  name: 'trail.payload_keys',
  input: listKeysInput,
  output: keyPage,
  permit: mayListKeys,
  run: async ({ ctx, input, tx }) => {
    const rows = await findKeys(tx, input);
    const events = await countByKey(ctx.workspace, rows);
    return toPage(rows, input.limit, keyOrder, (row) => viewKey(row, events, ctx.actor));
  },
});

/**
 * Destroys a key: the payloads of its month and classification can never be read again. What
 * the control database has of them in clear goes with a job that begins at once.
 */
export const destroyKey = verb({
  name: 'trail.destroy_payload_key',
  input: destroyKeyInput,
  output: keyView,
  permit: mayDestroyKeys,
  run: async ({ ctx, input, tx, event, after }) => {
    await lockHolds(tx, ctx.workspace);
    const row = await loadKey(tx, input.id);
    permitted(mayDestroyKey(ctx.actor, row));
    await assertNotHeld(ctx.workspace, row);
    const events = await countByKey(ctx.workspace, [row]);
    const by = { actor: ctx.actor.id, reason: input.reason };
    const sealed = events.get(`${row.month}.${row.classification}`);
    const destroyed = await destroyOne(tx, row, { ...by, events: sealed }, event);
    // Another one was quicker: then this one has nothing to say.
    if (!destroyed) permitted(mayDestroyKey(ctx.actor, await loadKey(tx, input.id)));
    after(() => blankPayloads.enqueue(ctx.workspace, {}));
    return viewKey(await loadKey(tx, input.id), events, ctx.actor);
  },
});
