import { inWorkspace } from '@/lib/infra/db';
import { logger } from '@/lib/infra/logger';
import { clock } from '@/lib/kernel/clock';
import type { Context } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import { Problem } from '@/lib/kernel/problem';
import { protectedTerms } from '../payload/terms';
import type { Filters } from '../schema';
import { ExportFile, fileName } from './files';
import { kinds } from './formats';
import type { Tally } from './formats/tally';
import { changeAsRunner, claimExport, type ExportRow, MOST_ATTEMPTS } from './records';
import { finishExport, LOST } from './service/finish';
import { openExport } from './process';

const BEAT_MS = 1_000;

/** Someone else writes it now, or nobody is to. */
class Lost extends Error {}

/**
 * Writes an export's file from its beginning, unless someone else does. A writer that dies
 * leaves a file that is never offered; the next one starts again with a newer state of the log.
 * `watch` is called after each piece.
 */
export async function runExport(
  ctx: Context,
  id: string,
  watch?: (tally: Tally) => Promise<void>,
): Promise<void> {
  const runner = newId('run');
  const row = await inWorkspace(ctx.workspace, (tx) => claimExport(tx, id, runner, clock.now()));
  if (!row) return;
  const kind = kinds[row.format];
  const name = fileName(id, runner, kind.extension);
  let file: ExportFile | undefined;
  try {
    file = await ExportFile.create(ctx.workspace, name);
    const rows = await write(ctx.workspace, row, file, runner, watch);
    const sha256 = await file.complete();
    await finishExport(ctx, { id, runner, file: name, sha256, bytes: file.bytes, rows });
  } catch (error) {
    await file?.discard();
    if (error instanceof Lost || (error instanceof Problem && error.code === LOST)) return;
    await release(ctx, row, runner, error);
    throw error;
  }
}

async function write(
  workspace: string,
  { id, format, filters, findsProtected }: ExportRow,
  file: ExportFile,
  runner: string,
  watch: ((tally: Tally) => Promise<void>) | undefined,
): Promise<number> {
  const asked = filters as Filters;
  const hashed = findsProtected
    ? await inWorkspace(workspace, (tx) => protectedTerms(tx, asked))
    : new Map<string, string[]>();
  const exporting = await openExport({
    workspace,
    filters: { ...asked, hashed },
    format,
    counted: true,
  });
  const { tally, total, pieces } = exporting;
  let lost = false;
  const beat = async () => {
    const changes = {
      beatAt: clock.now(),
      rowsDone: tally.rows,
      bytes: file.bytes,
      ...(total === undefined ? {} : { rowsTotal: total }),
    };
    const mine = await inWorkspace(workspace, (tx) => changeAsRunner(tx, { id, runner }, changes));
    lost ||= !mine;
  };
  const timer = setInterval(() => {
    // A database that does not answer for a while is no reason to stop.
    beat().catch((error: unknown) => logger.warn({ err: error, export: id }, 'export progress'));
  }, BEAT_MS);
  try {
    await beat();
    for await (const piece of pieces) {
      if (lost) throw new Lost();
      await file.write(piece);
      await watch?.(tally);
    }
    return tally.rows;
  } finally {
    clearInterval(timer);
    await exporting.close();
  }
}

/** Lets the next try have it at once, or says why there is none. */
async function release(
  { workspace }: Context,
  { id, attempts }: ExportRow,
  runner: string,
  error: unknown,
): Promise<void> {
  const last = attempts >= MOST_ATTEMPTS;
  await inWorkspace(workspace, (tx) =>
    changeAsRunner(
      tx,
      { id, runner },
      {
        runner: null,
        state: last ? 'failed' : 'waiting',
        ...(last ? { error: reasonOf(error), finishedAt: clock.now() } : {}),
      },
    ),
  );
}

function reasonOf(error: unknown): string {
  if (error instanceof Problem) return error.message;
  if ((error as NodeJS.ErrnoException).code === 'ENOSPC') {
    return 'The data directory is full. Make room, then start the export again.';
  }
  return 'The file could not be written. Start the export again; if it goes on, look at the log of the jobs.';
}
