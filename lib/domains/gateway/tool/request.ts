import { LRUCache } from 'lru-cache';
import type { ActionTypeRow, ToolRow } from '../snapshot/rows';

export interface ToolRequest {
  origin: string;
  path: string;
  method: ActionTypeRow['method'];
  headers: Record<string, string>;
  body: string | null;
}

/** A base URL taken apart, once for each. */
const bases = new LRUCache<string, { origin: string; path: string }>({ max: 500 });

function baseOf(url: string): { origin: string; path: string } {
  let base = bases.get(url);
  if (!base) {
    const { origin, pathname } = new URL(url);
    base = { origin, path: pathname.replace(/\/+$/, '') };
    bases.set(url, base);
  }
  return base;
}

/**
 * The HTTP request of an action: parameters that the path template names go there, percent-
 * encoded; the others to the query of a GET or DELETE, and to a JSON body otherwise. The
 * action's id goes along as Idempotency-Key.
 */
export function toolRequest(
  type: Pick<ActionTypeRow, 'method' | 'path_template'>,
  tool: Pick<ToolRow, 'base_url' | 'auth'>,
  parameters: Record<string, unknown>,
  credential: string | undefined,
  actionId: string,
): ToolRequest {
  const base = baseOf(tool.base_url);
  const left = { ...parameters };
  const path = type.path_template.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    delete left[name];
    return encodeURIComponent(String(parameters[name]));
  });
  const inQuery = type.method === 'GET' || type.method === 'DELETE';
  const headers: Record<string, string> = {
    accept: 'application/json',
    'idempotency-key': actionId,
    ...(inQuery ? {} : { 'content-type': 'application/json' }),
  };
  if (credential !== undefined) {
    if (tool.auth.type === 'bearer') headers['authorization'] = `Bearer ${credential}`;
    if (tool.auth.type === 'header') headers[tool.auth.header.toLowerCase()] = credential;
  }
  return {
    origin: base.origin,
    path: `${base.path}${path}${inQuery ? query(left) : ''}`,
    method: type.method,
    headers,
    body: inQuery ? null : JSON.stringify(left),
  };
}

function query(parameters: Record<string, unknown>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value === null || value === undefined) continue;
    for (const item of Array.isArray(value) ? value : [value]) {
      search.append(name, typeof item === 'object' ? JSON.stringify(item) : String(item));
    }
  }
  return search.size > 0 ? `?${search}` : '';
}

/** Why a value may not stand in a path, or undefined: it must be one segment and stay one. */
export function unsafeInPath(value: unknown): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
    return 'is not a single value';
  }
  const text = String(value);
  if (text === '' || text === '.' || text === '..') return 'is empty or a relative path';
  return undefined;
}
