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
  const module: typeof Cedar = createRequire(import.meta.url)('@cedar-policy/cedar-wasm/nodejs');
  loaded = module;
  return module;
}
