/** The processes of Countersign itself, in the order they start; they stop in reverse. */
import { childEnv, env } from '@/lib/infra/env';
import { frugal } from '@/lib/infra/frugal';
import { SUPERVISED } from '@/lib/infra/process';
import type { ChildSpec } from './child';

/** The environment of a supervised process of Countersign. */
export function serviceEnv(more: Record<string, string> = {}): NodeJS.ProcessEnv {
  return childEnv({
    NODE_ENV: 'production',
    NEXT_TELEMETRY_DISABLED: '1',
    [SUPERVISED]: '1',
    ...more,
  });
}

/** Only what a program needs that is none of ours, as the demo's are: no keys, no databases. */
export function strangerEnv(more: Record<string, string>): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR, LANG } = childEnv();
  const base = { PATH, HOME, TMPDIR, LANG, NODE_ENV: 'production' as const, [SUPERVISED]: '1' };
  return { ...base, ...more };
}

const built = 'workers/run.mjs';

export const gatewayArgs = [
  // Cedar's WebAssembly can abort the process in V8's optimiser without it.
  '--no-turbo-inline-js-wasm-calls',
  // Short-lived garbage is what a busy gateway makes most of.
  '--max-semi-space-size=32',
];

export function services(): ChildSpec[] {
  const { HOST, PORT } = env();
  const at = (port: number, path: string) => ({ url: `http://${reach(HOST)}:${port}${path}` });
  return [
    { name: 'sequencer', script: built, args: ['sequencer'], env: serviceEnv(), ready: 'message' },
    {
      name: 'gateway',
      script: built,
      args: ['gateway'],
      nodeArgs: gatewayArgs,
      env: serviceEnv(),
      // Not /readyz: that a trail does not verify, or that much waits for it, must not keep
      // anyone from starting the product and looking.
      ready: 'message',
    },
    {
      name: 'jobs',
      script: built,
      args: ['jobs'],
      nodeArgs: frugal.args,
      env: serviceEnv(frugal.env),
      ready: 'message',
    },
    {
      name: 'console',
      script: built,
      args: ['console'],
      nodeArgs: frugal.args,
      env: serviceEnv(frugal.env),
      ready: at(PORT, '/api/health'),
    },
  ];
}

function reach(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
