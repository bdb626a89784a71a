/** npm run build: whatever start/build.ts makes, where it is missing or stale. */
import { env } from '@/lib/infra/env';
import { makeDataDir } from '@/lib/infra/embedded/location';
import { buildStale } from './start/build';
import { say } from './start/terminal';

try {
  makeDataDir(env().COUNTERSIGN_DATA_DIR);
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(name, () => stop.abort());
  await buildStale(say, env().COUNTERSIGN_DATA_DIR, stop.signal);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
