import { z } from 'zod';
import { openSecretVersion } from '@/lib/domains/vault/server';
import { inWorkspace } from '@/lib/infra/db';
import { OutgoingFailure } from '@/lib/infra/outgoing';
import { readDatabase } from '@/lib/infra/read-database';
import { clock } from '@/lib/kernel/clock';
import type { Context } from '@/lib/kernel/context';
import { appendEvents, makeEvent } from '@/lib/kernel/event';
import { defineJob } from '@/lib/kernel/job';
import { proposeAll } from './import/propose';
import { tableName } from './import/read';
import { endImport, type ImportRow, loadImport, noteImport, sealedConnection } from './repo';
import { MOST_FIELDS, type ProposedAsset } from './schema';

/** Looks into the database of an import, table by table. Of the rows it sees it keeps nothing. */
export const readDatabaseJob = defineJob({
  name: 'classification.read_database',
  long: true,
  input: z.strictObject({ importId: z.string() }),
  run: async (ctx, { importId }) => {
    const row = await inWorkspace(ctx.workspace, (tx) => loadImport(tx, importId));
    if (row.state !== 'running') return;
    const proposal: ProposedAsset[] = [];
    try {
      await readDatabase(await connectionOf(row), MOST_FIELDS, async (table, done, total) => {
        const { schema, name, columns, rows } = table;
        const fields = columns.map((column) => ({
          ...{ name: column.name, type: column.type, format: '' },
          samples: rows.map((one) => one[column.name]),
        }));
        proposal.push(...proposeAll([{ name: tableName(schema, name), kind: 'table', fields }]));
        return inWorkspace(ctx.workspace, (tx) => noteImport(tx, importId, { done, total }));
      });
    } catch (error) {
      if (!(error instanceof OutgoingFailure)) throw error;
      return end(ctx, importId, { state: 'failed', error: error.message });
    }
    await end(ctx, importId, { state: 'ready', proposal });
  },
});

export const classificationJobs = [readDatabaseJob];

function connectionOf(row: ImportRow): Promise<string> {
  return inWorkspace(row.workspaceId, async (tx) => {
    const sealed = await sealedConnection(tx, row);
    if (!sealed) throw new OutgoingFailure('The secret has no current value any more.');
    return openSecretVersion(sealed.dataKey, row.workspaceId, sealed.version);
  });
}

type Result = { state: 'ready'; proposal: ProposedAsset[] } | { state: 'failed'; error: string };

/** Records how it ended, unless it had been cancelled. */
function end(ctx: Context, id: string, result: Result): Promise<void> {
  return inWorkspace(ctx.workspace, async (tx) => {
    if (!(await endImport(tx, id, { ...result, finishedAt: clock.now() }))) return;
    const event = makeEvent(ctx, {
      type: 'data_import.finished',
      object: { type: 'data_import', id },
      outcome: result.state === 'ready' ? 'succeeded' : 'failed',
      data: result.state === 'ready' ? { tables: result.proposal.length } : { error: result.error },
    });
    await appendEvents(tx, [event]);
  });
}
