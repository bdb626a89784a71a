import { logger } from '@/lib/infra/logger';
import { Problem } from '@/lib/kernel/problem';
import type { Filters } from '../schema';
import { openExport } from './process';
import type { ExportFormat } from './schema';

/** Each holds a connection for as long as its reader takes. */
const MOST_AT_ONCE = 4;
/** A reader that takes nothing for this long is given up. */
const STALL_MS = 120_000;

let open = 0;

/**
 * The bytes of an export as they are read: a piece for each that is taken, so a slow reader
 * holds back the database and not the memory. Throws 429 when too many are under way.
 */
export async function openStream(
  workspace: string,
  filters: Filters,
  format: ExportFormat,
): Promise<ReadableStream<Uint8Array>> {
  if (open >= MOST_AT_ONCE) {
    throw new Problem({
      status: 429,
      code: 'too_many_exports',
      title: 'Too many exports',
      detail: `${MOST_AT_ONCE} exports are under way. Try again when one has ended.`,
      headers: { 'Retry-After': '10' },
    });
  }
  open += 1;
  try {
    const { pieces, close } = await openExport({ workspace, filters, format, counted: false });
    return streamOf(pieces, async () => {
      open -= 1;
      await close();
    });
  } catch (error) {
    open -= 1;
    throw error;
  }
}

function streamOf(
  pieces: AsyncGenerator<Uint8Array>,
  end: () => Promise<void>,
): ReadableStream<Uint8Array> {
  let over = false;
  let stall: NodeJS.Timeout | undefined;
  const finish = async () => {
    if (over) return;
    over = true;
    clearTimeout(stall);
    await end();
  };
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        clearTimeout(stall);
        try {
          const { value, done } = await pieces.next();
          // The reader may have left while the database was asked.
          if (over) return;
          if (done) {
            await finish();
            controller.close();
            return;
          }
          controller.enqueue(value);
          stall = setTimeout(() => {
            controller.error(new Error('the reader of an export took nothing for too long'));
            void finish();
          }, STALL_MS);
        } catch (error) {
          if (over) return;
          logger.error({ err: error }, 'an export was cut off');
          await finish();
          // The connection is cut, so that half a file does not look like a whole one.
          controller.error(error);
        }
      },
      cancel: finish,
    },
    { highWaterMark: 1 },
  );
}
