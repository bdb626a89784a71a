/** Reads a folder of migrations in Prisma's format into what the schema engine takes. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { MigrationList } from '@prisma/schema-engine-wasm';

/** The migrations in `dir`, oldest first by their names; an absent folder has none. */
export function readMigrations(dir: string): MigrationList {
  const names = existsSync(dir)
    ? readdirSync(dir, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => entry.name)
        .toSorted()
    : [];
  const lockfile = path.join(dir, 'migration_lock.toml');
  return {
    baseDir: path.resolve(dir),
    lockfile: {
      path: 'migration_lock.toml',
      content: existsSync(lockfile) ? readFileSync(lockfile, 'utf8') : null,
    },
    shadowDbInitScript: '',
    migrationDirectories: names.map((name) => ({
      path: name,
      migrationFile: {
        path: 'migration.sql',
        content: readScript(path.join(dir, name, 'migration.sql')),
      },
    })),
  };
}

function readScript(file: string): { tag: 'ok'; value: string } | { tag: 'error'; value: string } {
  if (!existsSync(file)) return { tag: 'error', value: `${file} does not exist` };
  return { tag: 'ok', value: readFileSync(file, 'utf8') };
}
