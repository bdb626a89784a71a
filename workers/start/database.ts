/** The embedded PostgreSQL as the supervisor keeps it: started again when it ends. */
import { setTimeout as delay } from 'node:timers/promises';
import { type Postgres, startPostgres } from '@/lib/infra/embedded/postgres';
import { say } from './terminal';

const LONGEST_PAUSE_MS = 10_000;

export class Database {
  readonly #dataDir: string;
  #starting: Promise<Postgres> | undefined;
  #stopping = false;

  constructor(dataDir: string) {
    this.#dataDir = dataDir;
  }

  /** Starts the server; gives the superuser URL of a database. */
  async start(): Promise<(database: string) => string> {
    const server = await this.#launch();
    this.#watch(server);
    return server.url;
  }

  #launch(port?: number): Promise<Postgres> {
    this.#starting = startPostgres({ dataDir: this.#dataDir, say, ...(port ? { port } : {}) });
    return this.#starting;
  }

  #watch(server: Postgres): void {
    void server.exited.then((code) =>
      this.#stopping ? undefined : this.#restart(server.port, code),
    );
  }

  /** On the same port, which every other process has been told. */
  async #restart(port: number, code: number): Promise<void> {
    say(`PostgreSQL ended (code ${code}); starting it again`);
    for (let pause = 250; !this.#stopping; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      try {
        this.#watch(await this.#launch(port));
        say('PostgreSQL is back');
        return;
      } catch (error) {
        say(`PostgreSQL did not start: ${error instanceof Error ? error.message : String(error)}`);
        await delay(pause);
      }
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    const server = await this.#starting?.catch(() => undefined);
    await server?.stop();
  }
}
