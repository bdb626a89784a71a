import type { RunningGateway } from './http/serve';

export type { RunningGateway } from './http/serve';

/** Starts the gateway's listener; loads what only its own process needs. */
export async function startGateway(options: {
  host: string;
  port: number;
  issuer?: string;
}): Promise<RunningGateway> {
  const { serveGateway } = await import('./http/serve');
  return serveGateway(options);
}
