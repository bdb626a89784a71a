import { type ChildProcess, spawn } from 'node:child_process';
import { childEnv } from '../env';
import { frugal } from '../frugal';

/** In the folder of the whole program. */
const SCRIPT = 'lib/infra/z3/child.mjs';
/** What its start and the end of a question that it was told to give up may take beyond that. */
const GRACE_MS = 20_000;

/** Z3 in a process of its own, started with the first question. */
export interface Solver {
  /**
   * What Z3 says to a script in SMT-LIB 2; undefined when it has no answer within `ms`, or is
   * closed meanwhile. One question at a time.
   */
  ask: (script: string, ms: number) => Promise<string | undefined>;
  /** Ends the process, whatever it is at. */
  close: () => Promise<void>;
}

interface Told {
  id: number;
  output: string;
}

export function openSolver(): Solver {
  let child: ChildProcess | undefined;
  let closed = false;
  let asked = 0;

  const end = async (): Promise<void> => {
    const ending = child;
    child = undefined;
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return;
    const ended = new Promise((resolve) => {
      ending.once('exit', resolve);
      ending.once('error', resolve);
    });
    ending.kill('SIGKILL');
    await ended;
  };

  const put = (to: ChildProcess, script: string, ms: number): Promise<string | undefined> =>
    new Promise((resolve) => {
      const id = (asked += 1);
      const settle = (output: string | undefined) => {
        clearTimeout(timer);
        to.off('message', hear).off('exit', gone).off('error', gone);
        resolve(output);
      };
      const hear = (told: Told) => {
        if (told.id === id) settle(told.output);
      };
      const gone = () => settle(undefined);
      const timer = setTimeout(gone, ms + GRACE_MS);
      to.on('message', hear).on('exit', gone).on('error', gone);
      to.send({ id, script: `(set-option :timeout ${ms})\n${script}` }, () => undefined);
    });

  return {
    ask: async (script, ms) => {
      if (closed) return undefined;
      child ??= spawn(process.execPath, [SCRIPT], {
        env: childEnv(frugal.env),
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      });
      const output = await put(child, script, ms);
      // One that did not answer may still be at it; the next question gets another.
      if (output === undefined) await end();
      return output;
    },
    close: async () => {
      closed = true;
      await end();
    },
  };
}
