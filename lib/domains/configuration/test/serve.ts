/** The room's routes on a port, as the console serves them. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NextRequest } from 'next/server';
import type { Method } from '@/lib/http/api';
import { serve } from '@/lib/http/serve';
import { configurationApi } from '../api';

export async function serveConfiguration(): Promise<{ url: string; close: () => Promise<void> }> {
  const handlers = serve(configurationApi);
  const server = createServer((request, response) => {
    void bodyOf(request).then(async (body) => {
      const method = request.method as Method;
      const answer = await handlers[method](
        new NextRequest(`http://${request.headers.host}${request.url}`, {
          method,
          headers: request.headers as Record<string, string>,
          ...(method === 'GET' ? {} : { body }),
        }),
      );
      response.writeHead(answer.status, Object.fromEntries(answer.headers));
      response.end(await answer.text());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
