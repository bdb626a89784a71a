import { toPage } from '@/lib/kernel/page';
import { permitted, query, verb } from '@/lib/kernel/verb';
import { destroyKeys } from '../destroy';
import { blankPayloads } from '../jobs';
import { mayDestroyKey, mayDestroyKeys, mayListKeys } from '../policy';
import { countByKey, findKeys, keyOrder, loadKey } from '../repo';
import { destroyKeyInput, keyPage, keyView, listKeysInput } from '../schema';
import { viewKey } from '../view';
import { assertNotHeld } from '../../retention/held';

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

/** Destroys a key: the payloads of its month and classification can never be read again. */
export const destroyKey = verb({
  name: 'trail.destroy_payload_key',
  input: destroyKeyInput,
  output: keyView,
  permit: mayDestroyKeys,
  run: async ({ ctx, input, tx, event, after }) => {
    const row = await loadKey(tx, input.id);
    permitted(mayDestroyKey(ctx.actor, row));
    await assertNotHeld(ctx.workspace, row);
    const events = await countByKey(ctx.workspace, [row]);
    const by = { actor: ctx.actor.id, reason: input.reason, events };
    const [destroyed] = await destroyKeys(tx, [row], by, event);
    // Another one was quicker: then this one has nothing to say.
    if (!destroyed) permitted(mayDestroyKey(ctx.actor, await loadKey(tx, input.id)));
    after(() => blankPayloads.enqueue(ctx.workspace, {}));
    return viewKey(await loadKey(tx, input.id), events, ctx.actor);
  },
});
