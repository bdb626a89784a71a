import { type ChildProcess, spawn } from 'node:child_process';
import { childEnv } from '../env';
import { frugal } from '../frugal';

/** In the folder of the whole program. */
const SCRIPT = 'lib/infra/z3/child.mjs';
/** What its start, and giving up a question that takes longer, may take beyond that. */
const GRACE_MS = 20_000;

export interface Solved {
  verdict: 'sat' | 'unsat' | 'unknown';
  /** In SMT-LIB 2, where it is satisfiable: a `define-fun` for each constant that matters. */
  model: string;
}

/** Z3 in a process of its own, started with the first question. */
export interface Solver {
  /**
   * Whether the declarations and assertions of a script in SMT-LIB 2 can hold. Unknown when Z3
   * cannot tell within `ms`, or is closed meanwhile. One question at a time.
   */
  ask: (script: string, ms: number) => Promise<Solved>;
  /** Ends the process, whatever it is at. */
  close: () => Promise<void>;
}

export function openSolver(): Solver {
  let child: ChildProcess | undefined;
  let closed = false;

  const end = async (): Promise<void> => {
    const ending = child;
    child = undefined;
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => {
      ending.once('exit', () => resolve());
      ending.once('error', () => resolve());
    });
    ending.kill('SIGKILL');
    await ended;
  };

  return {
    ask: async (script, ms) => {
      if (closed) return unknown;
      child ??= spawn(process.execPath, [SCRIPT], {
        env: childEnv(frugal.env),
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      });
      const solved = await put(child, script, ms);
      // One that did not answer may still be at it; the next question gets another.
      if (!solved) await end();
      return solved ?? unknown;
    },
    close: async () => {
      closed = true;
      await end();
    },
  };
}

const unknown: Solved = { verdict: 'unknown', model: '' };
let asked = 0;

/** Undefined when the process ends or says nothing. */
function put(child: ChildProcess, script: string, ms: number): Promise<Solved | undefined> {
  return new Promise((resolve) => {
    const id = (asked += 1);
    const settle = (solved?: Solved) => {
      clearTimeout(timer);
      child.off('message', hear).off('exit', gone).off('error', gone);
      resolve(solved);
    };
    const hear = ({ id: of, ...solved }: Solved & { id: number }) => {
      if (of === id) settle(solved);
    };
    const gone = () => settle();
    const timer = setTimeout(gone, ms + GRACE_MS);
    child.on('message', hear).on('exit', gone).on('error', gone);
    child.send({ id, script, ms }, () => undefined);
  });
}
