/**
 * Prisma's schema engine as WebAssembly, on a `pg` pool: the official engine without the
 * native binary that Prisma downloads. Use `withEngine(url, (engine) => …)`.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { PrismaPg } from '@prisma/adapter-pg';
import {
  bindMigrationAwareSqlAdapterFactory,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import type { SchemaEngine } from '@prisma/schema-engine-wasm';
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg';
import pg from 'pg';
import { offline } from './offline';

const CHAR_OID = 18;
const TEXT_OID = 25;

let loaded = false;

/** The package's own entry imports the .wasm as a module, which Node 20 cannot. */
function load(): void {
  if (loaded) return;
  const folder = path.dirname(createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm'));
  const module = new WebAssembly.Module(readFileSync(path.join(folder, 'schema_engine_bg.wasm')));
  const glue = bindings as unknown as WebAssembly.ModuleImports & {
    __wbg_set_wasm(exports: unknown): void;
  };
  const instance = new WebAssembly.Instance(module, {
    './schema_engine_bg.js': withoutLingeringTimers(glue),
  });
  glue.__wbg_set_wasm(instance.exports);
  (instance.exports.__wbindgen_start as () => void)();
  loaded = true;
}

/** The engine's time limits are never cleared, and would keep a finished process waiting for them. */
function withoutLingeringTimers(glue: WebAssembly.ModuleImports): WebAssembly.ModuleImports {
  const imports = { ...glue };
  for (const [name, setTimer] of Object.entries(imports)) {
    if (!name.startsWith('__wbg_setTimeout_') || typeof setTimer !== 'function') continue;
    imports[name] = (...args: unknown[]) => (setTimer(...args) as NodeJS.Timeout).unref();
  }
  return imports;
}

type Fields = { fields?: { dataTypeID: number }[] };

/** The adapter refuses the catalogue's "char" columns; they read as text just as well. */
function charAsText<T>(result: T): T {
  for (const field of (result as Fields | undefined)?.fields ?? [])
    if (field.dataTypeID === CHAR_OID) field.dataTypeID = TEXT_OID;
  return result;
}

function presentCharAsText(target: { query: unknown }): void {
  const query = (target.query as (...args: unknown[]) => unknown).bind(target);
  target.query = (...args: unknown[]) => {
    const result = query(...args);
    return result instanceof Promise ? result.then(charAsText) : result;
  };
}

function createPool(url: string): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  pool.on('error', () => undefined);
  return pool;
}

/**
 * The adapter cuts a script at every semicolon, also inside a function's body or a comment.
 * The server itself takes a script whole, and as one transaction.
 */
function mended<
  T extends { executeScript(script: string): Promise<void>; underlyingDriver(): pg.Pool },
>(adapter: T): T {
  const pool = adapter.underlyingDriver();
  presentCharAsText(pool);
  pool.on('connect', (client) => presentCharAsText(client));
  adapter.executeScript = async (script) => {
    try {
      await pool.query(script);
    } catch (error) {
      // The engine shows a server's message only in the adapter's own form of an error.
      (Reflect.get(adapter, 'onError') as (error: unknown) => never).call(adapter, error);
    }
  };
  return adapter;
}

export type OpenEngine = { engine: SchemaEngine; close: () => Promise<void> };

/**
 * An engine connected to `url`, or without a database. `files` are the Prisma schema's
 * [name, content] pairs, needed only by the calls that compare with it.
 */
export async function openEngine(
  url: string | undefined,
  files?: [string, string][],
): Promise<OpenEngine> {
  load();
  const pool = url === undefined ? undefined : createPool(url);
  try {
    const factory = url && pool ? connected(url, pool) : offline;
    const adapter = bindMigrationAwareSqlAdapterFactory(factory);
    const engine = await bindings.SchemaEngine.new({ datamodels: files }, () => undefined, adapter);
    const close = async () => {
      engine.free();
      await pool?.end();
    };
    return { engine: engine as unknown as SchemaEngine, close };
  } catch (error) {
    await pool?.end();
    throw error;
  }
}

/** Runs `work` with an engine of its own. */
export async function withEngine<T>(
  url: string | undefined,
  work: (engine: SchemaEngine) => Promise<T>,
): Promise<T> {
  const { engine, close } = await openEngine(url);
  try {
    return await work(engine);
  } finally {
    await close();
  }
}

function connected(url: string, pool: pg.Pool): SqlMigrationAwareDriverAdapterFactory {
  const schema = new URL(url).searchParams.get('schema');
  const main = new PrismaPg(pool, schema ? { schema } : {});
  // A shadow database is a database of its own, so it needs connections of its own.
  const shadow = new PrismaPg({ connectionString: url });
  return {
    provider: main.provider,
    adapterName: main.adapterName,
    connect: async () => mended(await main.connect()),
    connectToShadowDb: async () => mended(await shadow.connectToShadowDb()),
  };
}

/** What the engine says went wrong, as one readable text. */
export function engineMessage(error: unknown): string {
  const { message } = error instanceof Error ? error : { message: String(error) };
  return message.trim() || 'The schema engine failed without a message.';
}
