import { createRequire } from 'node:module';
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
  const module: typeof Cedar = load(PACKAGE);
  loaded = module;
  return module;
}

const PACKAGE = '@cedar-policy/cedar-wasm/nodejs';
const load = createRequire(import.meta.url);

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
    loaded = undefined;
    delete load.cache[load.resolve(PACKAGE)];
    throw new CedarTrapped('it is nested too deeply', { cause: error });
  }
}
