import { z } from 'zod';
import { inWorkspace } from '@/lib/infra/db';
import { logger } from '@/lib/infra/logger';
import { clock } from '@/lib/kernel/clock';
import type { Context } from '@/lib/kernel/context';
import { defineJob } from '@/lib/kernel/job';
import { filesOf, ownerOf, removeFile } from './files';
import { exportJob } from './job';
import { giveUp, MOST_ATTEMPTS, neglected, withFiles } from './records';
import { expireExport } from './service/finish';

const GIVEN_UP =
  'Making the file ended before its end each time it was tried. Narrow the filters, or look at the log of the jobs.';

/** Starts again what a crash has left, and deletes files that are expired or belong to nothing. */
const exportsTidied = defineJob({
  name: 'trail.exports_tidied',
  input: z.object({}),
  schedule: { every: 60_000 },
  run: async (ctx) => {
    const now = clock.now();
    const { stuck, due } = await inWorkspace(ctx.workspace, (tx) => neglected(tx, now));
    for (const row of stuck) {
      if (row.attempts < MOST_ATTEMPTS) await exportJob.enqueue(ctx.workspace, { id: row.id });
      else await inWorkspace(ctx.workspace, (tx) => giveUp(tx, row, now, GIVEN_UP));
    }
    for (const id of due) {
      await expireExport(ctx, { id }).catch((error: unknown) => {
        logger.warn({ err: error, export: id }, 'an export could not expire');
      });
    }
    await removeOrphans(ctx);
  },
});

async function removeOrphans({ workspace }: Context): Promise<void> {
  // The files first: one that appears later belongs to a record that is read later.
  const files = await filesOf(workspace);
  if (files.length === 0) return;
  const rows = await inWorkspace(workspace, withFiles);
  const owners = new Map(rows.map((row) => [row.id, row]));
  for (const name of files) {
    const { id, runner } = ownerOf(name);
    const row = owners.get(id);
    const kept = row?.state === 'ready' ? row.file === name : row?.runner === runner;
    if (!kept) await removeFile(workspace, name);
  }
}

export const exportJobs = [exportJob, exportsTidied];
