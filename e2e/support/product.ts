import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Demo, readDemo } from './demo';
import {
  ownIndex,
  productFile,
  readStarted,
  stopLeftovers,
  stopOne,
  stopProcesses,
} from './leftovers';
import { makeOrderServiceKey } from './order-service';

const ROOT = join(import.meta.dirname, '../..');
const READY_WITHIN = 360_000;

/** A port that nothing listens on. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

/** The caller's environment without what would lead the product to somebody's real databases. */
function ownEnvironment(): NodeJS.ProcessEnv {
  const env = { ...process.env };
  const ours =
    /^(COUNTERSIGN|NEXTAUTH|OIDC|SMTP|WEBHOOK|OUTBOX)_|_URL$|^(HOST|LOG_LEVEL|NODE_ENV)$/;
  for (const name of Object.keys(env)) if (ours.test(name)) delete env[name];
  return env;
}

/** The end of the product's log, for the message of a start that failed. */
function tail(log: string): string {
  return readFileSync(log, 'utf8').split('\n').slice(-40).join('\n');
}

/** Waits until `look` finds what the starting product is expected to write. */
async function waitFor<T>(child: ChildProcess, log: string, look: () => T | undefined): Promise<T> {
  for (const started = Date.now(); Date.now() - started < READY_WITHIN; await wait(200)) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`the product ended while starting:\n${tail(log)}`);
    }
    const found = look();
    if (found !== undefined) return found;
  }
  throw new Error(`the product was not ready within ${READY_WITHIN / 1000} s:\n${tail(log)}`);
}

/** Waits for the file that the product writes when everything answers. */
function waitForDemo(child: ChildProcess, file: string, log: string): Promise<Demo> {
  return waitFor(child, log, () => (existsSync(file) ? readDemo(file) : undefined));
}

/** Starts every process, with its own process group so that all of them can be stopped together. */
function launch(
  dataDir: string,
  port: number,
  gatewayPort: number,
  log: string,
  args: readonly string[] = ['--demo'],
): ChildProcess {
  mkdirSync(dirname(log), { recursive: true });
  const output = openSync(log, 'w');
  return spawn(process.execPath, ['--import', 'tsx', 'workers/start.ts', ...args], {
    cwd: ROOT,
    env: {
      ...ownEnvironment(),
      COUNTERSIGN_DATA_DIR: dataDir,
      PORT: String(port),
      GATEWAY_PORT: String(gatewayPort),
      NEXT_TELEMETRY_DISABLED: '1',
    },
    stdio: ['ignore', output, output],
    detached: true,
  });
}

/** Launches it on free ports, in a data directory of its own, and writes down what is to be stopped. */
async function launchNew(index: number, args?: readonly string[]) {
  const root = mkdtempSync(join(tmpdir(), 'countersign-e2e-'));
  // As root, PostgreSQL runs as another user, who must be able to pass through.
  chmodSync(root, 0o755);
  const dataDir = join(root, 'data');
  const log = productFile(index, '.log');
  const [port, gatewayPort] = [await freePort(), await freePort()];
  const child = launch(dataDir, port, gatewayPort, log, args);
  if (child.pid === undefined) throw new Error('the product could not be started');
  const started = { pid: child.pid, root };
  writeFileSync(productFile(index, '.json'), JSON.stringify(started));
  return { child, dataDir, log, started, gateway: `http://127.0.0.1:${gatewayPort}` };
}

/** A product without a workspace, as on a new machine. */
export type NewProduct = {
  gateway: string;
  /** The link that the terminal prints, which makes the first admin. */
  link: string;
  stop: () => Promise<void>;
};

/** Starts one without `--demo` beside this worker's product; `stop` stops it and removes its data. */
export async function startNewProduct(): Promise<NewProduct> {
  const index = 100 + ownIndex();
  const { child, log, gateway } = await launchNew(index, []);
  const printed = () => /^\s*(http\S+\/setup#token=\S+)$/m.exec(readFileSync(log, 'utf8'))?.[1];
  const stop = () => stopOne(index);
  try {
    return { gateway, link: await waitFor(child, log, printed), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * Starts the whole product with its demo workspace for the worker of this index. `stopLeftovers`
 * stops it.
 */
export async function startProduct(index: number): Promise<void> {
  const { child, dataDir, log, started } = await launchNew(index);
  const demoFile = join(dataDir, 'demo.json');
  try {
    await waitForDemo(child, demoFile, log);
    const orderKey = await makeOrderServiceKey(dataDir);
    writeFileSync(productFile(index, '.json'), JSON.stringify({ ...started, orderKey }));
  } catch (error) {
    await stopLeftovers();
    throw error;
  }
}

/** Stops the running product as an operator does, and starts it again on the same data and ports. */
export async function restartProduct(demo: Demo): Promise<void> {
  const started = readStarted();
  await stopProcesses(started);
  const demoFile = join(started.root, 'data/demo.json');
  // Written anew when everything answers again.
  rmSync(demoFile);
  const log = productFile(ownIndex(), '-again.log');
  const ports = [demo.console, demo.gateway].map((url) => Number(new URL(url).port));
  const child = launch(dirname(demoFile), ports[0] ?? 0, ports[1] ?? 0, log);
  if (child.pid === undefined) throw new Error('the product could not be started again');
  writeFileSync(productFile(ownIndex(), '.json'), JSON.stringify({ ...started, pid: child.pid }));
  await waitForDemo(child, demoFile, log);
  child.unref();
}
