import type { ClientConfig } from 'pg';
import { type DbRole, roleUrl } from './db-roles';

/**
 * How a connection of a role is made that holds locks. The server notices within seconds when this
 * machine disappears, so that none is kept by a ghost; by itself it would ask after two hours.
 */
export function holding(role: DbRole): ClientConfig {
  return {
    connectionString: roleUrl(role),
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    options:
      '-c tcp_keepalives_idle=2 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=2 -c timezone=UTC',
  };
}
