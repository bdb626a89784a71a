import { getRequestListener } from '@hono/node-server';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { unavailable } from '@/lib/kernel/problem';
import { createGateway, type Gateway } from '../gateway';
import { postAction } from './actions';
import { gatewayApp } from './app';
import { PROBLEM_TYPE } from './problems';

export interface RunningGateway {
  gateway: Gateway;
  /** Where it listens. */
  url: string;
  /** Finishes the requests under way, then closes everything. */
  stop: () => Promise<void>;
}

/** Starts the gateway on an address; port 0 takes a free one, which then is the issuer's. */
export async function serveGateway(options: {
  host: string;
  port: number;
  issuer?: string;
}): Promise<RunningGateway> {
  const server = createServer({ keepAliveTimeout: 65_000, requestTimeout: 30_000 });
  // Whoever asks before it can decide is told so, and not left without an answer.
  server.on('request', answerStarting);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  const url = `http://${host}:${port}`;
  const issuer = options.issuer ?? (options.port === 0 ? url : undefined);
  const gateway = await createGateway(issuer === undefined ? {} : { issuer });
  // HTTP/1.0 may leave the host out.
  const others = getRequestListener(gatewayApp(gateway).fetch, { hostname: host });
  server.off('request', answerStarting);
  server.on('request', (incoming, response) => {
    if (incoming.method === 'POST' && incoming.url === '/v1/actions') {
      return postAction(gateway, incoming, response);
    }
    return others(incoming, response);
  });
  return {
    gateway,
    url,
    stop: async () => {
      gateway.wakes.close();
      // What is answered from now on leaves an idle connection behind, which would hold the stop up.
      const sweep = setInterval(() => server.closeIdleConnections(), 50);
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      });
      clearInterval(sweep);
      await gateway.stop();
    },
  };
}

function answerStarting(_: IncomingMessage, response: ServerResponse): void {
  const problem = unavailable('starting', 'The gateway is starting. Try again shortly.');
  response.writeHead(problem.status, { 'content-type': PROBLEM_TYPE, ...problem.headers });
  response.end(JSON.stringify(problem));
}
