/**
 * npm run sequencer: the single writer that moves events from the outbox into the trail and
 * signs checkpoints. A second one waits and takes over when the first is gone.
 */
import { runSequencer } from '@/lib/domains/trail/server';
import { requireEnv } from '@/lib/infra/env';
import { exitWithParent, reportReady } from '@/lib/infra/process';

requireEnv('DATABASE_URL', 'COUNTERSIGN_MASTER_KEY');
exitWithParent();
const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => stop.abort());
await runSequencer({ signal: stop.signal, onReady: () => reportReady() });
process.exit(0);
