import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterEach, expect, it, vi } from 'vitest';
import { ownerUrl } from './db-roles';
import { Listener } from './pg';

afterEach(() => vi.restoreAllMocks());

it('listens again after a long silence, however often it is asked meanwhile whether it hears', async () => {
  const owner = new pg.Client({ connectionString: ownerUrl('control') });
  await owner.connect();
  const channel = `listener_test_${randomUUID()}`;
  const onNotice = vi.fn();
  const onConnect = vi.fn();
  const listener = new Listener({
    ...{ role: 'countersign_gateway', channels: [channel] },
    ...{ onNotice, onConnect },
  });
  await listener.start();
  expect(onConnect).toHaveBeenCalledTimes(1);
  const { rowCount } = await owner.query(
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = $1',
    [`LISTEN "${channel}"`],
  );
  expect(rowCount).toBe(1);
  // As if the server had been away for that long.
  const now = performance.now.bind(performance);
  vi.spyOn(performance, 'now').mockImplementation(() => now() + 11_000);
  // As requests do: one after the other, each asking for a beat.
  while (onConnect.mock.calls.length < 2) await listener.hear(1);
  await owner.query('SELECT pg_notify($1, $2)', [channel, 'again']);
  while (onNotice.mock.calls.length === 0) await listener.hear(5);
  expect(onNotice).toHaveBeenCalledWith(channel, 'again');
  expect(listener.silentFor()).toBeLessThan(5_000);
  await listener.stop();
  await owner.end();
});
