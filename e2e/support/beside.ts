import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dataDir } from './leftovers';

const ROOT = join(import.meta.dirname, '../..');

/** Runs `npx` or another program beside the product; its exit code and everything it printed. */
export function run(
  command: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<{ code: number | null; text: string }> {
  const child = spawn(command, args, { cwd: ROOT, env: { ...process.env, ...env } });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, text }));
  });
}

/** Runs a task of `inside.ts` on the running product's databases. */
export async function inside(task: Record<string, string>): Promise<void> {
  const data = dataDir();
  // The fourth line of the server's lock file is its port (PostgreSQL, "postmaster.pid").
  const port = readFileSync(join(data, 'postgres/postmaster.pid'), 'utf8').split('\n')[3];
  const { code, text } = await run(
    process.execPath,
    ['--import', 'tsx', 'e2e/support/inside.ts', JSON.stringify(task)],
    {
      COUNTERSIGN_DATA_DIR: data,
      DATABASE_URL: `postgresql://postgres@127.0.0.1:${port}/countersign`,
      LOG_LEVEL: 'error',
    },
  );
  if (code !== 0) throw new Error(`${task['task']} failed:\n${text}`);
}
