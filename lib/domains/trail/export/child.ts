/**
 * Writes one export to its standard output and ends. A process of its own, so that what
 * millions of events leave behind never stands in the memory of one that serves others, and
 * small: it reads the trail and nothing else.
 */
import { once } from 'node:events';
import { Problem } from '@/lib/kernel/problem';
import { kinds } from './formats';
import { newTally } from './formats/tally';
import type { Asked, Told } from './messages';
import { openSource } from './source';

const TELL_MS = 250;

function tell(message: Told): Promise<void> {
  return new Promise((resolve) => {
    process.send?.(message, undefined, {}, () => resolve());
  });
}

async function write({ workspace, filters, format, counted }: Asked): Promise<void> {
  const source = await openSource(workspace, filters);
  try {
    const total = source.whole ? source.size : counted ? await source.count() : undefined;
    await tell({ opened: { total } });
    const tally = newTally();
    let bytes = 0;
    let told = Date.now();
    for await (const piece of kinds[format].write(source, tally)) {
      bytes += piece.byteLength;
      // A reader that takes nothing holds back this process, and so the database.
      if (!process.stdout.write(piece)) await once(process.stdout, 'drain');
      if (Date.now() - told < TELL_MS) continue;
      told = Date.now();
      await tell({ tally });
    }
    await new Promise<void>((resolve) => process.stdout.end(() => resolve()));
    await tell({ done: tally, bytes });
  } finally {
    await source.close();
  }
}

function reasonOf(error: unknown): Told {
  if (error instanceof Problem) {
    const { status, code, title, message: detail } = error;
    return { failed: { status, code, title, detail } };
  }
  return { failed: { message: error instanceof Error ? error.message : String(error) } };
}

/** Whoever asked is gone: nobody reads on. */
process.once('disconnect', () => process.exit(1));
process.stdout.once('error', () => process.exit(1));

process.once('message', (asked: Asked) => {
  write(asked).then(
    () => process.exit(0),
    async (error: unknown) => {
      await tell(reasonOf(error));
      process.exit(1);
    },
  );
});
