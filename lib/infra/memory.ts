/**
 * What a long stream leaves behind in memory. V8 lets the garbage of large buffers and batches
 * grow to a few hundred megabytes before it looks for it, as it counts them against all of the
 * machine; a process that serves others should not grow so for one reader.
 */
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * How the processes start that wait for a database most of their time. Prisma's query compiler
 * is WebAssembly: optimised, it takes 40 MB more, and makes plans that are kept anyway. Young
 * objects need no more room than this, and threads no heaps of their own.
 */
export const frugal = {
  args: ['--liftoff-only', '--max-semi-space-size=2'],
  env: { MALLOC_ARENA_MAX: '2' },
};

type Collect = (options?: { type: 'minor' }) => void;

/**
 * Garbage of one stream, in bytes, past which it is taken away. Less, and collecting takes half of
 * an export's time.
 */
const MOST_GARBAGE = 64 * 1_048_576;

let collect: Collect | undefined;

/** The collector, which V8 gives out only where it is asked to. */
function collector(): Collect {
  if (!collect) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as Collect;
    setFlagsFromString('--no-expose-gc');
  }
  return collect;
}

function used(): number {
  const { used_heap_size: heap, external_memory: external } = getHeapStatistics();
  return heap + external;
}

/** Hands the pieces on, and between two of them takes away what those before have left. */
export async function* withoutGarbage<T>(
  pieces: AsyncIterable<T>,
  most = MOST_GARBAGE,
): AsyncGenerator<T> {
  let kept = used();
  for await (const piece of pieces) {
    yield piece;
    if (used() - kept < most) continue;
    // What is young costs next to nothing to collect; most of it is.
    collector()({ type: 'minor' });
    if (used() - kept < most / 2) continue;
    collector()();
    kept = used();
  }
}
