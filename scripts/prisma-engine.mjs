#!/usr/bin/env node
// Takes the place of Prisma's native schema engine (PRISMA_SCHEMA_ENGINE_BINARY), which
// Prisma would download from a host that many networks cannot reach. Speaks its JSON-RPC
// on stdin and stdout and forwards each call to the same engine as WebAssembly.
import { tsImport } from 'tsx/esm/api';

const { main } = await tsImport('../lib/infra/migrate/rpc.ts', import.meta.url);
process.exitCode = await main(process.argv.slice(2));
