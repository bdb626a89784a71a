/**
 * npm run sequencer: the single writer that moves events from the outbox into the trail and
 * signs checkpoints. A second one waits and takes over when the first is gone.
 */
import { runSequencer } from '@/lib/domains/trail/server';
import { runProcess } from '@/lib/infra/entry';
import { exitWithParent, reportReady } from '@/lib/infra/process';

await runProcess({ roles: ['countersign_sequencer', 'countersign_trail_writer'] }, async () => {
  exitWithParent();
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => stop.abort());
  await runSequencer({ signal: stop.signal, onReady: () => reportReady() });
  process.exit(0);
});
