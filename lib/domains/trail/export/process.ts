import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { PassThrough, pipeline, type Readable } from 'node:stream';
import { childEnv, env } from '@/lib/infra/env';
import { frugal } from '@/lib/infra/frugal';
import { Problem } from '@/lib/kernel/problem';
import { newTally, type Tally } from './formats/tally';
import type { Asked, Told } from './messages';

/**
 * Bounds of its heap, in megabytes. What is alive at a time is a few batches; without them V8
 * lets garbage grow as the machine's memory allows.
 */
const heap = ['--max-old-space-size=96', '--max-semi-space-size=4'];

/** What the process runs, in the folder of the whole program: as one file where that was built. */
export const SCRIPT = 'lib/domains/trail/export/child.ts';
const BUILT = 'node_modules/.countersign/exporter.mjs';

/** The arguments that start it; suites with many exports put one file made for them in place. */
export const exporter = {
  script(): string[] {
    const built = env().NODE_ENV === 'production' && existsSync(BUILT);
    return built ? [BUILT] : ['--import', 'tsx', SCRIPT];
  },
};

/** An export under way in a process of its own. */
export interface Exporting {
  /** How many events it will be, where that was asked for or is known. */
  total: number | undefined;
  /** What has left so far, as last heard; complete once the pieces have ended. */
  readonly tally: Tally;
  /** Throws unless all that the process wrote has come. */
  pieces: AsyncGenerator<Uint8Array>;
  /** Resolves when the process is gone; what it wrote can still be read. */
  ended: Promise<void>;
  /** Ends the process, whether it is through or not. */
  close: () => Promise<void>;
}

/** Starts an export; resolves once its source is open. Whoever opens it closes it. */
export async function openExport(asked: Asked): Promise<Exporting> {
  const child = spawn(process.execPath, [...heap, ...exporter.script()], {
    env: childEnv(frugal.env),
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    serialization: 'advanced',
  });
  const ended = new Promise<void>((resolve) => {
    // Not its close, which waits for output that nobody reads any more.
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  // Taken over at once: Node throws away what a process has written and nobody yet reads when it ends.
  const output = new PassThrough();
  pipeline(child.stdout ?? [], output, () => undefined);
  const close = async (): Promise<void> => {
    child.kill('SIGKILL');
    output.destroy();
    await ended;
  };
  const heard = listen(child);
  child.send(asked, () => undefined);
  try {
    const total = await heard.opened;
    return { total, tally: heard.tally, pieces: piecesOf(output, heard.done), ended, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function* piecesOf(output: Readable, done: Promise<number>): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const piece of output as AsyncIterable<Uint8Array>) {
    bytes += piece.byteLength;
    yield piece;
  }
  // The end of its output alone does not tell a whole export from one that was cut off.
  const written = await done;
  if (bytes !== written) throw new Error(`of ${written} bytes of an export ${bytes} have come`);
}

function listen(child: ChildProcess) {
  const tally = newTally();
  let opened: (total: number | undefined) => void;
  let done: (bytes: number) => void;
  const failures: ((error: Error) => void)[] = [];
  const heard = {
    tally,
    opened: new Promise<number | undefined>((resolve, reject) => {
      opened = resolve;
      failures.push(reject);
    }),
    done: new Promise<number>((resolve, reject) => {
      done = resolve;
      failures.push(reject);
    }),
  };
  const fail = (error: Error) => {
    for (const reject of failures) reject(error);
  };
  // Either may fail while nobody waits for it.
  heard.opened.catch(() => undefined);
  heard.done.catch(() => undefined);
  child.on('message', (message: Told) => {
    if ('opened' in message) opened(message.opened.total);
    else if ('tally' in message) Object.assign(tally, message.tally);
    else if ('failed' in message) fail(errorOf(message.failed));
    else {
      Object.assign(tally, message.done);
      done(message.bytes);
    }
  });
  child.once('error', fail);
  // Said only once every message before it has been read.
  child.once('disconnect', () => fail(new Error('the exporting process ended before its export')));
  return heard;
}

function errorOf(failed: Extract<Told, { failed: unknown }>['failed']): Error {
  return 'code' in failed ? new Problem(failed) : new Error(failed.message);
}
