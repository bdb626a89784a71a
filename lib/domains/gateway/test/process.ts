/** The gateway as a process of its own, for what kills it or stands between it and its database. */
import { fork } from 'node:child_process';
import { freePort } from '@/lib/infra/embedded/ports';
import { bundle } from '@/lib/infra/testing/bundle';

export interface GatewayProcess {
  url: string;
  /** Sends the signal, and resolves to the exit code once it has ended. */
  end: (signal: NodeJS.Signals) => Promise<number | null>;
}

/** Starts one on a free port, with `more` in its environment; resolves when it is ready. */
export async function startGatewayProcess(
  more: Record<string, string> = {},
): Promise<GatewayProcess> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = fork(await bundle('workers/gateway.ts'), {
    execArgv: ['--no-turbo-inline-js-wasm-calls'],
    env: {
      ...process.env,
      GATEWAY_PORT: String(port),
      GATEWAY_URL: url,
      COUNTERSIGN_SUPERVISED: '1',
      ...more,
    },
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  await new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', (code) => reject(new Error(`the gateway ended with ${code}`)));
  });
  return {
    url,
    end: (signal) => {
      child.kill(signal);
      return ended;
    },
  };
}
