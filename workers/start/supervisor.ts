/** Starts everything in order, and stops it in reverse. workers/start.ts is its command line. */
import path from 'node:path';
import { ownerUrl, withDatabase } from '@/lib/infra/db-roles';
import { ensureMasterKey } from '@/lib/infra/embedded/keys';
import { makeDataDir } from '@/lib/infra/embedded/location';
import { acquireLock, LockedError } from '@/lib/infra/embedded/lock';
import { portRefusal } from '@/lib/infra/embedded/ports';
import { type Env, env, nextAuthSecret, requireEnv, setEnv } from '@/lib/infra/env';
import { migrateAll } from '@/lib/infra/migrate/all';
import { buildStale, type StepName } from './build';
import { Child, type ChildSpec, runToEnd } from './child';
import { Database } from './database';
import { prepareDemo, removeDoorway, signIns } from './demo';
import type { Options } from './options';
import { serviceEnv, services } from './services';
import { say, StartError } from './terminal';

/** What is started; tests put small programs in its place. */
export type Plan = {
  /** What is built where it is stale; everything, where it does not say. */
  build?: readonly StepName[];
  services: () => ChildSpec[];
  firstAdmin: boolean;
};

export const everything: Plan = { services, firstAdmin: true };

export class Supervisor {
  readonly #options: Options;
  readonly #plan: Plan;
  readonly #children: Child[] = [];
  #database: Database | undefined;
  #release: () => void = () => undefined;
  #stopped: Promise<void> | undefined;
  readonly #abort = new AbortController();

  constructor(options: Options, plan: Plan = everything) {
    this.#options = options;
    this.#plan = plan;
  }

  /** Resolves when everything answers. After a failure, call `stop()`. */
  async start(): Promise<void> {
    const began = Date.now();
    const e = env();
    // Every process resolves it from the same place.
    setEnv({ COUNTERSIGN_DATA_DIR: e.COUNTERSIGN_DATA_DIR });
    this.#takeDataDir(e);
    removeDoorway(e.COUNTERSIGN_DATA_DIR);
    await assertPortsFree(e);
    await buildStale(say, e.COUNTERSIGN_DATA_DIR, this.#abort.signal, this.#plan.build);
    this.#assertGoingOn();
    const owner = await this.#startDatabase(e);
    this.#assertGoingOn();
    say('Bringing the databases up to date');
    await migrateAll(say);
    this.#hideOwner(e);
    this.#assertGoingOn();
    const specs = this.#plan.services();
    say(`Starting ${specs.map(({ name }) => name).join(', ')}`);
    await Promise.all(specs.map((spec) => this.#add(spec)));
    if (this.#options.demo) await this.#startDemo(e, owner);
    await this.#announce(e, Date.now() - began);
  }

  /** One supervisor a data directory. */
  #takeDataDir(e: Env): void {
    makeDataDir(e.COUNTERSIGN_DATA_DIR);
    try {
      this.#release = acquireLock(path.join(e.COUNTERSIGN_DATA_DIR, 'start.lock'), {
        console: e.CONSOLE_URL,
      });
    } catch (error) {
      if (!(error instanceof LockedError)) throw error;
      if (error.copied)
        throw new StartError(
          `${e.COUNTERSIGN_DATA_DIR} was copied while Countersign ran on the original (process ${error.pid}), so its databases may be damaged. Stop that one and copy again; to use this copy all the same, delete its start.lock and postgres.lock.`,
        );
      throw new StartError(
        `Countersign already runs on ${e.COUNTERSIGN_DATA_DIR} (process ${error.pid}, ${error.note.console ?? 'starting'}). ` +
          'Stop it first, or set COUNTERSIGN_DATA_DIR, PORT and GATEWAY_PORT to run another beside it.',
      );
    }
  }

  /** Gives the owner's URL of the control database. */
  async #startDatabase(e: Env): Promise<string> {
    if (e.DATABASE_URL) {
      requireEnv('COUNTERSIGN_MASTER_KEY');
    } else {
      // Before there is any database: one without its key would be of no use.
      if (!e.COUNTERSIGN_MASTER_KEY) ensureMasterKey(e.COUNTERSIGN_DATA_DIR);
      say('Starting PostgreSQL');
      const database = new Database(e.COUNTERSIGN_DATA_DIR);
      this.#database = database;
      const url = await database.start();
      setEnv({
        DATABASE_URL: url('countersign'),
        TRAIL_DATABASE_URL: url('countersign_trail'),
      });
    }
    setEnv({ NEXTAUTH_SECRET: nextAuthSecret(), NEXTAUTH_URL: e.NEXTAUTH_URL });
    return ownerUrl('control');
  }

  /** The processes connect as their roles; the owner's password is for migrations only. */
  #hideOwner(e: Env): void {
    if (e.DATABASE_URL) return;
    setEnv({
      DATABASE_URL: withoutUser(ownerUrl('control')),
      TRAIL_DATABASE_URL: withoutUser(ownerUrl('trail')),
    });
  }

  /** A signal during the start must not be overtaken by its next step. */
  #assertGoingOn(): void {
    if (this.#stopped) throw new StartError('Stopped while starting.');
  }

  #add(spec: ChildSpec): Promise<void> {
    this.#assertGoingOn();
    const child = new Child(spec, env().COUNTERSIGN_DATA_DIR);
    this.#children.push(child);
    return child.start();
  }

  async #startDemo(e: Env, owner: string): Promise<void> {
    say('Preparing the sample workspace');
    const demo = await prepareDemo(e.COUNTERSIGN_DATA_DIR, withDatabase(owner, 'postgres'));
    await this.#add(demo.orderService);
    await runToEnd(demo.seed, e.COUNTERSIGN_DATA_DIR, this.#abort.signal);
    await this.#add(demo.agents);
  }

  async #announce(e: Env, milliseconds: number): Promise<void> {
    const link =
      this.#options.demo || !this.#plan.firstAdmin ? null : await this.#firstAdminLink(e);
    const lines = [
      '',
      `Countersign is ready (${(milliseconds / 1000).toFixed(1)} s)`,
      `  Console  ${e.CONSOLE_URL}`,
      `  Gateway  ${e.GATEWAY_URL}`,
      ...(link ? ['', 'Open this link once to create the first admin:', `  ${link}`] : []),
      ...(this.#options.demo
        ? ['', 'Sign in as', ...signIns(e.COUNTERSIGN_DATA_DIR).map((line) => `  ${line}`)]
        : []),
      '',
      'Ctrl-C stops everything; nothing is lost.',
    ];
    for (const line of lines) say(line);
  }

  #firstAdminLink(e: Env): Promise<string | null> {
    const spec = { name: 'first-admin', script: 'workers/start/first-admin.ts', env: serviceEnv() };
    return runToEnd(spec, e.COUNTERSIGN_DATA_DIR, this.#abort.signal);
  }

  /** Stops all that runs, last started first; may be called more than once. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stopAll();
    return this.#stopped;
  }

  async #stopAll(): Promise<void> {
    this.#abort.abort();
    for (const child of this.#children.toReversed()) await child.stop();
    await this.#database?.stop();
    this.#release();
  }

  /** SIGKILL to every child; PostgreSQL is stopped by its guard once this process is gone. */
  kill(): void {
    this.#abort.abort();
    for (const child of this.#children) child.kill();
  }
}

async function assertPortsFree(e: Env): Promise<void> {
  const wrong: string[] = [];
  for (const name of ['PORT', 'GATEWAY_PORT'] as const) {
    const refusal = await portRefusal(name, e[name], e.HOST);
    if (refusal) wrong.push(refusal);
  }
  if (wrong.length > 0) throw new StartError(wrong.join('\n'));
}

function withoutUser(url: string): string {
  const parsed = new URL(url);
  parsed.username = '';
  parsed.password = '';
  return parsed.href;
}
