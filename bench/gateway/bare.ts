/**
 * A bare node:http server that commits one INSERT a request, as a process. It can be written
 * in three ways, and its argument says which:
 *
 *   transaction   BEGIN, INSERT, COMMIT, on a connection of a pool as `pg` makes it
 *   statement     the INSERT alone, which is a transaction of its own, on such a pool
 *   tuned         the same as a prepared statement, with a connection for every client
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { ownerUrl } from '@/lib/infra/db-roles';

export type Way = 'transaction' | 'statement' | 'tuned';

const way = process.argv[2] as Way;
const connectionString = ownerUrl('control');
const pool = new pg.Pool(way === 'tuned' ? { connectionString, max: 64 } : { connectionString });
const text = 'INSERT INTO bench_baseline (key, action, body) VALUES ($1, $2, $3) RETURNING id';

type Insert = (values: unknown[]) => Promise<pg.QueryResult<{ id: string }>>;
const inserts: Record<Way, Insert> = {
  transaction: async (values) => {
    const client = await pool.connect();
    try {
      await client.query('BEGIN');
      const inserted = await client.query<{ id: string }>(text, values);
      await client.query('COMMIT');
      return inserted;
    } finally {
      client.release();
    }
  },
  statement: (values) => pool.query(text, values),
  tuned: (values) => pool.query({ name: 'insert', text, values }),
};
const insert = inserts[way];

const server = createServer((request, response) => {
  let sent = '';
  request.setEncoding('utf8');
  request.on('data', (chunk: string) => (sent += chunk));
  request.on('end', () => {
    const body: { action: string; parameters: unknown } = JSON.parse(sent);
    insert([request.headers['idempotency-key'], body.action, sent]).then(
      ({ rows }) => {
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ id: rows[0]?.id, status: 'succeeded' }));
      },
      () => {
        response.statusCode = 500;
        response.end();
      },
    );
  });
});
server.listen(0, '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port });
});
process.on('disconnect', () => process.exit(0));
