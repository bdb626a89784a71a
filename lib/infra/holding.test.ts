import pg from 'pg';
import { expect, it } from 'vitest';
import { holding } from './holding';

it('has the server ask within seconds whether a connection that holds locks is there', async () => {
  const client = new pg.Client(holding('countersign_app'));
  await client.connect();
  const { rows } = await client.query<{ name: string; setting: string }>(
    `SELECT name, setting FROM pg_settings WHERE name LIKE 'tcp_keepalives%' ORDER BY name`,
  );
  await client.end();
  expect(rows).toEqual([
    { name: 'tcp_keepalives_count', setting: '2' },
    { name: 'tcp_keepalives_idle', setting: '2' },
    { name: 'tcp_keepalives_interval', setting: '1' },
  ]);
});
