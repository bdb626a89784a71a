import type { Tx } from '@/lib/infra/db';
import type { Actor } from '@/lib/kernel/actor';
import { clock } from '@/lib/kernel/clock';
import { newId } from '@/lib/kernel/ids';
import { conflict } from '@/lib/kernel/problem';
import { query, verb } from '@/lib/kernel/verb';
import { readDatabaseJob } from '../jobs';
import { importAbilities, manageClassification } from '../policy';
import { assertConnection, endImport, type ImportRow, loadImport, storedProposal } from '../repo';
import { DataImport, DataImportRef, StartImport } from '../schema';
import { withKnown } from './import';

export const getImport = query({
  name: 'data_assets.get_import',
  input: DataImportRef,
  output: DataImport,
  permit: manageClassification,
  run: async ({ ctx, input, tx }) =>
    viewImport(tx, await loadImport(tx, input.importId), ctx.actor),
});

/** Begins to look into a database; the job does it. */
export const startImport = verb({
  name: 'data_assets.start_import',
  input: StartImport,
  output: DataImport,
  permit: manageClassification,
  run: async ({ ctx, input, tx, event, after }) => {
    const secret = await assertConnection(tx, input.secretId);
    const { id } = await tx.dataImport.create({
      data: {
        ...{ id: newId('dim'), workspaceId: ctx.workspace, secretId: secret.id },
        startedBy: ctx.actor.id,
      },
    });
    event({
      type: 'data_import.started',
      object: { type: 'data_import', id },
      data: { secret: secret.name },
    });
    after(() => readDatabaseJob.enqueue(ctx.workspace, { importId: id }));
    return viewImport(tx, await loadImport(tx, id), ctx.actor);
  },
});

export const cancelImport = verb({
  name: 'data_assets.cancel_import',
  input: DataImportRef,
  output: DataImport,
  permit: manageClassification,
  run: async ({ ctx, input, tx, event }) => {
    const { importId: id } = input;
    const before = await loadImport(tx, id);
    if (!(await endImport(tx, id, { state: 'cancelled', finishedAt: clock.now() }))) {
      throw conflict('wrong_state', 'It is over already. Start it anew if it is still wanted.');
    }
    event({
      type: 'data_import.cancelled',
      object: { type: 'data_import', id },
      outcome: 'cancelled',
      data: { done: before.done, total: before.total },
    });
    return viewImport(tx, await loadImport(tx, id), ctx.actor);
  },
});

async function viewImport(tx: Tx, row: ImportRow, actor: Actor): Promise<DataImport> {
  const proposal = storedProposal(row);
  return {
    ...{ id: row.id, secret: row.secret, done: row.done, total: row.total, error: row.error },
    state: row.state as DataImport['state'],
    proposal: proposal ? await withKnown(tx, proposal) : null,
    startedAt: row.startedAt.toISOString(),
    can: importAbilities(actor, row),
  };
}
