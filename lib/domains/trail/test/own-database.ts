import pg from 'pg';
import { closeDb } from '@/lib/infra/db';
import { ownerUrl, roleUrl } from '@/lib/infra/db-roles';
import { startTestDatabase } from '@/lib/infra/testing/database';
import { closeTrailDb } from '@/lib/infra/trail-db';

/** What a gateway says of a deployment's failed verifications. */
export interface StandingFailure {
  workspace_id: string;
  scope: string;
  first_bad: string | null;
}

export interface OwnDatabase {
  /** The trail's administrator, who is not supposed to be trusted. */
  administrator: pg.Pool;
  /** The same of the control database. */
  control: pg.Pool;
  /** As the gateway's role sees it. */
  failures: () => Promise<StandingFailure[]>;
  stop: () => Promise<void>;
}

/**
 * A server of one's own, for suites that leave failed verifications behind: they are of the
 * whole deployment, and other suites' gateways would say so. Call it before anything connects.
 */
export async function ownDatabase(): Promise<OwnDatabase> {
  const server = await startTestDatabase();
  const administrator = new pg.Pool({ connectionString: ownerUrl('trail'), max: 2 });
  const control = new pg.Pool({ connectionString: ownerUrl('control'), max: 1 });
  const gateway = new pg.Pool({ connectionString: roleUrl('countersign_gateway'), max: 1 });
  // The server may be gone before they have heard that they are closed.
  for (const pool of [administrator, control, gateway]) {
    pool.on('error', () => undefined);
    pool.on('connect', (client) => client.on('error', () => undefined));
  }
  return {
    ...{ administrator, control },
    failures: async () =>
      (await gateway.query<StandingFailure>('SELECT * FROM trail_failures()')).rows,
    stop: async () => {
      await administrator.end();
      await control.end();
      await gateway.end();
      await closeTrailDb();
      await closeDb();
      await server.stop();
    },
  };
}
