/**
 * Vitest's set-up of each file: a queue of its own, so that no file's worker takes another's jobs.
 * Files share a process: each begins with the run's environment, and with no connection open.
 */
import { randomUUID } from 'node:crypto';
import { afterAll } from 'vitest';
import { closeDb } from '../db';
import { setEnv } from '../env';
import { prepareQueue } from '../migrate/all';
import { closeQueue } from '../queue';
import { closeTrailDb } from '../trail-db';

const outside = { ...process.env };
const name = `test-${randomUUID()}`;
await prepareQueue(name);
setEnv({ COUNTERSIGN_QUEUE: name });

// Set-up's hooks are the first, so this one runs last.
afterAll(async () => {
  await closeQueue();
  await closeDb();
  await closeTrailDb();
  for (const set of Object.keys(process.env)) if (!(set in outside)) delete process.env[set];
  setEnv(outside as Record<string, string>);
});
