/**
 * An adapter without a database, for what compares schemas only (`prisma migrate diff
 * --from-empty`): the engine asks for the server's version as it starts, and nothing more.
 */
import {
  ColumnTypeEnum,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';

const noDatabase = () => Promise.reject(new Error('This needs a database: set DATABASE_URL.'));

const adapter: SqlDriverAdapter = {
  provider: 'postgres',
  adapterName: 'offline',
  queryRaw: ({ sql }) =>
    sql.includes('pg_namespace') && sql.includes('version()')
      ? Promise.resolve({
          columnNames: ['exists', 'version', 'numeric_version'],
          columnTypes: [ColumnTypeEnum.Boolean, ColumnTypeEnum.Text, ColumnTypeEnum.Int32],
          rows: [[true, 'PostgreSQL 18.0', 180_000]],
        })
      : noDatabase(),
  executeRaw: noDatabase,
  executeScript: noDatabase,
  startTransaction: noDatabase,
  getConnectionInfo: () => ({
    schemaName: 'public',
    maxBindValues: 32_767,
    supportsRelationJoins: false,
  }),
  dispose: () => Promise.resolve(),
};

export const offline: SqlMigrationAwareDriverAdapterFactory = {
  provider: 'postgres',
  adapterName: 'offline',
  connect: () => Promise.resolve(adapter),
  connectToShadowDb: () => Promise.resolve(adapter),
};
