/** Free and taken TCP ports. */
import { createServer } from 'node:net';

/** Why we could not listen on the port: `EADDRINUSE`, `EACCES`, … or undefined when we could. */
export function portProblem(port: number, host = '127.0.0.1'): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

/** Why we may not listen where the variable `name` says, and what to do; undefined when we may. */
export async function portRefusal(
  name: string,
  port: number,
  host: string,
): Promise<string | undefined> {
  const problem = await portProblem(port, host);
  if (problem === undefined) return undefined;
  if (problem === 'EADDRINUSE')
    return `Port ${port} is taken. Set ${name} to a free one (${name}=${port + 10}), or stop what uses it.`;
  if (problem === 'EACCES')
    return `This user may not listen on port ${port}. Set ${name} to one above 1023.`;
  return `${host}:${port} cannot be listened on (${problem}). Check HOST and ${name}.`;
}

/** Whether nothing listens on the port, so that we could. */
export async function isPortFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return (await portProblem(port, host)) === undefined;
}

/** A port that was free a moment ago. */
export function freePort(host = '127.0.0.1'): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port: 0, host }, () => {
      const address = server.address();
      server.close(() =>
        address && typeof address === 'object'
          ? resolve(address.port)
          : reject(new Error('no port')),
      );
    });
  });
}
