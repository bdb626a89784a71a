/** Settings of the embedded server: for a machine of two cores, on the loopback address only. */

const common = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  password_encryption: 'scram-sha-256',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_min_messages: 'warning',
  log_line_prefix: '%m [%p] %q%u@%d ',
  synchronous_commit: 'on',
  // Nothing replicates from an embedded server, so the log need not describe every row for it.
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '2GB',
  checkpoint_timeout: '15min',
  random_page_cost: '1.1',
  effective_cache_size: '1GB',
  work_mem: '8MB',
  maintenance_work_mem: '128MB',
  jit: 'off',
  max_parallel_workers_per_gather: '0',
  autovacuum_naptime: '15s',
};

/** Kept data: every answered commit survives a crash. */
export const durable: Record<string, string> = { ...common, shared_buffers: '256MB' };

/** A cluster that is thrown away: a crash of the machine may cost it. */
export const throwAway: Record<string, string> = {
  ...common,
  shared_buffers: '64MB',
  fsync: 'off',
  full_page_writes: 'off',
};
