/**
 * The memory that exporting a log takes, for each format: the most that the exporting process
 * ever had resident, and by how much the process that answers over HTTP grew. Both are new for
 * each format.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { drainOutbox } from '@/lib/domains/trail/server';
import { newDataKey } from '@/lib/infra/crypto';
import { ownerUrl } from '@/lib/infra/db-roles';
import { frugal } from '@/lib/infra/frugal';
import { newId } from '@/lib/kernel/ids';
import { fill, outboxEvent } from './events';

const EVENTS = 1_000_000;
const LOOK_MS = 50;
/** As many are in the outbox at a time as it holds in life. */
const STEP = 100_000;

/** Every event of the log matches it, so that each line has its proof. */
const ALL = 'action.*';
const exports: Record<string, string> = {
  'NDJSON, whole': 'format=ndjson',
  'NDJSON with proofs': `format=ndjson&type=${ALL}`,
  CSV: 'format=csv',
  Parquet: 'format=parquet',
  OCSF: 'format=ocsf',
};

export async function benchExports(events = EVENTS) {
  const workspace = await seeded(events);
  return { events, results: await measured(workspace) };
}

async function seeded(events: number): Promise<string> {
  const workspace = newId('ws');
  const control = new pg.Client({ connectionString: ownerUrl('control') });
  const trail = new pg.Client({ connectionString: ownerUrl('trail') });
  await control.connect();
  await trail.connect();
  try {
    await control.query(
      'INSERT INTO workspaces (id, name, data_key, updated_at) VALUES ($1, $1, $2, now())',
      [workspace, Buffer.from(newDataKey(workspace))],
    );
    for (let done = 0; done < events; done += STEP) {
      await fill(control, 'outbox (id, workspace_id, event)', Math.min(STEP, events - done), (at) =>
        outboxEvent(workspace, done + at),
      );
      await drainOutbox();
    }
    await trail.query('VACUUM ANALYZE events');
  } finally {
    await control.end();
    await trail.end();
  }
  return workspace;
}

interface Measured {
  name: string;
  seconds: number;
  mb: number;
  /** Of the exporting process, in megabytes. */
  peak: number;
  /** Of the process that answers: before, and the most it ever had. */
  server: { before: number; peak: number };
}

async function measured(workspace: string): Promise<Measured[]> {
  const results: Measured[] = [];
  for (const name of Object.keys(exports)) {
    const child = fork(path.join(import.meta.dirname, 'exports-child.ts'), [workspace], {
      execArgv: [...frugal.args, '--import', 'tsx'],
      env: { ...process.env, ...frugal.env },
    });
    try {
      const port = await portOf(child);
      const pid = child.pid ?? 0;
      const before = megabytes(pid, 'VmRSS') ?? 0;
      const began = performance.now();
      const response = await fetch(`http://127.0.0.1:${port}/?${exports[name]}`);
      let bytes = 0;
      let peak = 0;
      let looked = 0;
      for await (const piece of response.body ?? []) {
        bytes += piece.length;
        if (performance.now() - looked < LOOK_MS) continue;
        looked = performance.now();
        peak = Math.max(peak, ...startedBy(pid).map((each) => megabytes(each, 'VmHWM') ?? 0));
      }
      const result = {
        name,
        seconds: Math.round((performance.now() - began) / 100) / 10,
        mb: Math.round(bytes / 1_048_576),
        peak,
        server: { before, peak: megabytes(pid, 'VmHWM') ?? 0 },
      };
      results.push(result);
      console.log(
        `${name.padEnd(18)} ${result.mb} MB in ${result.seconds} s: at most ${peak} MB resident; ` +
          `the server ${result.server.peak} MB, ${before} before`,
      );
    } finally {
      child.kill('SIGKILL');
    }
  }
  return results;
}

async function portOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve((message as { port: number }).port));
    child.once('exit', (code) => reject(new Error(`the exporting process ended with ${code}`)));
  });
}

function startedBy(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return text.split(' ').filter(Boolean).map(Number);
}

/** A line of /proc/<pid>/status, which Linux keeps in kilobytes; undefined once it has ended. */
function megabytes(pid: number, line: 'VmRSS' | 'VmHWM'): number | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const found = new RegExp(`${line}:\\s+(\\d+)`).exec(status);
    // A process that is ending has a status without it.
    return found ? Math.round(Number(found[1]) / 1_024) : undefined;
  } catch {
    return undefined;
  }
}
