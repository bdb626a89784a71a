/** Vitest's set-up of each file: a queue of its own, so that no file's worker takes another's jobs. */
import { randomUUID } from 'node:crypto';
import { setEnv } from '../env';
import { prepareQueue } from '../migrate/all';

const name = `test-${randomUUID()}`;
await prepareQueue(name);
setEnv({ COUNTERSIGN_QUEUE: name });
