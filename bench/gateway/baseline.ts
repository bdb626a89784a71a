/** The baseline: a bare node:http server that commits one INSERT a request, as a process. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { ownerUrl } from '@/lib/infra/db-roles';

const pool = new pg.Pool({ connectionString: ownerUrl('control'), max: 64 });
const server = createServer((request, response) => {
  let text = '';
  request.setEncoding('utf8');
  request.on('data', (chunk: string) => (text += chunk));
  request.on('end', () => {
    const body: { action: string; parameters: unknown } = JSON.parse(text);
    pool
      .query({
        name: 'insert',
        text: 'INSERT INTO bench_baseline (key, action, body) VALUES ($1, $2, $3) RETURNING id',
        values: [request.headers['idempotency-key'], body.action, text],
      })
      .then(
        ({ rows }) => {
          response.setHeader('content-type', 'application/json');
          response.end(JSON.stringify({ id: rows[0].id, status: 'succeeded' }));
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
