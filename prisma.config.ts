/**
 * Prisma's commands (`npx prisma migrate dev`, `diff`, `status`, …) on the control
 * database. Its schema engine is scripts/prisma-engine.mjs, so nothing is downloaded;
 * `npm run prisma -- <command>` sets that up.
 */
import { defineConfig } from 'prisma/config';

process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= `${import.meta.dirname}/scripts/prisma-engine.mjs`;

export default defineConfig({
  schema: 'prisma/schema',
  migrations: { path: 'prisma/migrations' },
  // Generating the client needs no database.
  datasource: process.env.DATABASE_URL
    ? {
        url: process.env.DATABASE_URL,
        ...(process.env.SHADOW_DATABASE_URL
          ? { shadowDatabaseUrl: process.env.SHADOW_DATABASE_URL }
          : {}),
      }
    : undefined,
});
