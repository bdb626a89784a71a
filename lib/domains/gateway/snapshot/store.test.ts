import { afterEach, expect, it, vi } from 'vitest';
import { createPool } from '@/lib/infra/pg';
import { makeWorld } from '../test/world';
import { Snapshots } from './store';

afterEach(() => vi.restoreAllMocks());

it('decides nothing on what was announced as changed and cannot be read, also while it tries', async () => {
  const world = await makeWorld();
  const { id } = await world.agent();
  const pool = createPool('countersign_gateway', 1);
  const listener = { silentFor: () => 0, hear: () => Promise.resolve() };
  const snapshots = new Snapshots(pool, listener);
  const state = async () => (await snapshots.get(world.workspace)).agents.get(id)?.state;
  expect(await state()).toBe('active');

  await world.owner.query(`UPDATE agents SET state = 'suspended' WHERE id = $1`, [id]);
  // The one read waits for a connection, as it would for a server that is away.
  const only = await pool.connect();
  snapshots.changed(world.workspace, 'agents');
  expect(await state()).toBe('active');
  const now = performance.now.bind(performance);
  vi.spyOn(performance, 'now').mockImplementation(() => now() + 5_100);
  await expect(state()).rejects.toMatchObject({ status: 503, code: 'not_current' });

  only.release();
  await snapshots.reread(world.workspace, []);
  expect(await state()).toBe('suspended');
  await pool.end();
  await world.close();
});
