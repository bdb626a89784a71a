import { z } from 'zod';
import { clock } from '@/lib/kernel/clock';
import { conflict } from '@/lib/kernel/problem';
import { verb } from '@/lib/kernel/verb';
import { isExportJob } from '../policy';
import { changeAsRunner, expireReady } from '../records';

/** Code of the problem that the export is not the caller's any more. */
export const LOST = 'export_not_yours';
const KEPT_MS = 7 * 86_400_000;

const finished = z.strictObject({
  id: z.string(),
  runner: z.string(),
  file: z.string(),
  sha256: z.string(),
  bytes: z.number(),
  rows: z.number(),
});

/** Offers a whole file, unless the export was cancelled or taken over meanwhile. */
export const finishExport = verb({
  name: 'trail.finish_export',
  input: finished,
  output: z.object({}),
  permit: isExportJob,
  run: async ({ input, tx, event }) => {
    const { id, runner, file, sha256, bytes, rows } = input;
    const now = clock.now();
    const mine = await changeAsRunner(
      tx,
      { id, runner },
      {
        state: 'ready',
        runner: null,
        file,
        sha256,
        bytes,
        rowsDone: rows,
        rowsTotal: rows,
        finishedAt: now,
        expiresAt: new Date(now.getTime() + KEPT_MS),
      },
    );
    if (!mine) throw conflict(LOST, 'The export was cancelled, or another job writes it.');
    event({
      type: 'trail.export_finished',
      object: { type: 'export', id },
      outcome: 'succeeded',
      data: { rows, bytes, sha256 },
    });
    return {};
  },
});

/** Takes a file away whose time is over; answers its name. */
export const expireExport = verb({
  name: 'trail.expire_export',
  input: z.strictObject({ id: z.string() }),
  output: z.object({ file: z.string().nullable() }),
  permit: isExportJob,
  run: async ({ input, tx, event }) => {
    const row = await expireReady(tx, input.id, clock.now());
    if (!row) throw conflict('export_not_due', 'The export has expired already.');
    event({ type: 'trail.export_expired', object: { type: 'export', id: row.id } });
    return { file: row.file };
  },
});
