/**
 * How a process of Countersign begins. What is wrong around it (environment, keys, databases,
 * ports) is told in a sentence and ends it with 1; a mistake in it shows where it is.
 *
 * Use: `await runProcess({ roles: ['countersign_gateway'], port: 'GATEWAY_PORT' }, async (e) => …)`.
 */
import type { DbRole } from './db-roles';
import { portRefusal } from './embedded/ports';
import { type Env, EnvError, requireEnv } from './env';
import { assertUsable } from './reachable';

interface Needs {
  /** Each is tried once, so that a process does not run that could do none of its work. */
  roles: DbRole[];
  /** The variable that says where it listens. */
  port?: 'PORT' | 'GATEWAY_PORT';
}

/** Checks what the process needs, then runs `work`; ends the process where either fails. */
export function runProcess(needs: Needs, work: (e: Env) => Promise<void>): Promise<void> {
  return orTell(async () => {
    const e = requireEnv('DATABASE_URL', 'COUNTERSIGN_MASTER_KEY');
    if (needs.port) {
      const refusal = await portRefusal(needs.port, e[needs.port], e.HOST);
      if (refusal) throw new EnvError(refusal);
    }
    for (const role of needs.roles) await assertUsable(role);
    await work(e);
  });
}

/** Runs `work`, and tells what it fails of as the end of this process. */
export async function orTell(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    process.stderr.write(`${forPeople(error)}\n`);
    process.exit(1);
  }
}

/** What the system or the database says of an error has a code; anything else is a mistake of ours. */
function forPeople(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as NodeJS.ErrnoException;
  return told(error) || typeof code === 'string' ? error.message : (error.stack ?? error.message);
}

function told({ name }: Error): boolean {
  return name === 'EnvError' || name === 'MigrationError';
}
