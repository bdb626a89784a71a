import { createRequire } from 'node:module';
import path from 'node:path';
import v8 from 'node:v8';
import type * as Cedar from '@cedar-policy/cedar-wasm/nodejs';

export type {
  CedarValueJson,
  DetailedError,
  EntityJson,
  EntityUidJson,
  Expr,
  PolicyJson,
  SchemaJson,
} from '@cedar-policy/cedar-wasm/nodejs';

let loaded: typeof Cedar | undefined;

/**
 * Cedar, loaded when first used. The console parses, validates and formats with it and never
 * evaluates. On Node 20 V8's optimiser can abort the process when it inlines calls into
 * WebAssembly, so the flag that forbids it is set before the module is there.
 */
export function cedar(): typeof Cedar {
  if (loaded) return loaded;
  v8.setFlagsFromString('--no-turbo-inline-js-wasm-calls');
  const module: typeof Cedar = createRequire(import.meta.url)('@cedar-policy/cedar-wasm/nodejs');
  loaded = module;
  return module;
}

/** A text nested so deeply that Cedar came to no answer. */
export class CedarTrapped extends Error {
  override name = 'CedarTrapped';
}

/**
 * Does `work` with Cedar on texts of others. One nested too deeply overflows the stack within
 * the module, whose memory is not to be trusted afterwards: the next call loads another.
 * @throws CedarTrapped
 */
export function trapping<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof WebAssembly.RuntimeError)) throw error;
    loaded = another();
    throw new CedarTrapped('it is nested too deeply', { cause: error });
  }
}

/** In a way that no bundler sees through, so that the module is really loaded again. */
function another(): typeof Cedar {
  const name = '@cedar-policy/cedar-wasm/nodejs';
  const { createRequire: requireFrom } = process.getBuiltinModule('node:module');
  const load = requireFrom(path.join(process.cwd(), 'package.json'));
  delete load.cache[load.resolve(name)];
  return load(name) as typeof Cedar;
}
