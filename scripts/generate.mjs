// npm run generate: writes the Prisma client to lib/infra/generated/prisma.
// npm run prisma -- <command>: any of Prisma's own commands, without a downloaded engine.
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const args = process.argv.slice(2);
const run = spawnSync(
  process.execPath,
  [
    path.join(root, 'node_modules/prisma/build/index.js'),
    ...(args.length > 0 ? args : ['generate']),
  ],
  {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      PRISMA_SCHEMA_ENGINE_BINARY: path.join(root, 'scripts/prisma-engine.mjs'),
      CHECKPOINT_DISABLE: '1',
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
    },
  },
);
if (run.error) throw run.error;
process.exitCode = run.status ?? 1;
