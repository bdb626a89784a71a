/**
 * A server of exports in a process of its own, whose memory the parent reads. Answers one
 * export a request over HTTP, as the console does; SIGKILL ends it. Argument: workspace.
 */
import { createServer, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { trailApi } from '@/lib/domains/trail/server';
import type { Context } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';

const [workspace = ''] = process.argv.slice(2);
const operation = trailApi.endpoints.find(({ path }) => path === '/api/trail/export')?.operation;
const ctx: Context = {
  workspace,
  requestId: newId('req'),
  actor: {
    type: 'member',
    id: newId('mbr'),
    name: 'bench',
    roles: ['auditor'],
    abilities: [],
    method: 'password',
    authenticatedAt: Date.now(),
  },
};

async function answer(query: URLSearchParams, response: ServerResponse): Promise<void> {
  if (!operation) throw new Error('there is no such endpoint');
  const { body } = (await operation(ctx, Object.fromEntries(query))) as Response;
  await pipeline(Readable.fromWeb(body as ReadableStream<Uint8Array>), response);
}

const server = createServer((request, response) => {
  answer(new URL(request.url ?? '/', 'http://localhost').searchParams, response).catch(
    (error: unknown) => {
      console.error(error);
      response.destroy();
    },
  );
});
server.listen(0, '127.0.0.1', () => {
  process.send?.({ port: (server.address() as { port: number }).port });
});
