import type { Operation } from '@/lib/kernel/verb';
import { paged } from './lists';

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** One route of the console's API: an operation at a method and path, as data. */
export interface Endpoint {
  method: Method;
  /** `/api/agents/{id}/suspend`; places become members of the input. */
  path: string;
  operation: Operation;
  summary: string;
  /** Status of a success; 200 by default. */
  status: number;
  /** Request headers, in lower case, that become members of the input. */
  headers: readonly string[];
  /** Bytes that a request's body may have, where the usual 1 MB is too little. */
  bodyLimit?: number;
  /** Media types of a success, where it is not the operation's output as JSON. */
  media?: readonly string[];
}

export interface Api {
  /** The folder under app/api that serves it. */
  name: string;
  endpoints: readonly Endpoint[];
}

interface Options {
  summary: string;
  status?: number;
  headers?: readonly string[];
  bodyLimit?: number;
  media?: readonly string[];
}

function endpoint(method: Method) {
  return (path: string, operation: Operation, options: Options): Endpoint => ({
    method,
    path,
    operation: method === 'GET' ? paged(operation) : operation,
    summary: options.summary,
    status: options.status ?? 200,
    headers: options.headers ?? [],
    ...(options.bodyLimit === undefined ? {} : { bodyLimit: options.bodyLimit }),
    ...(options.media === undefined ? {} : { media: options.media }),
  });
}

export const get = endpoint('GET');
export const post = endpoint('POST');
export const patch = endpoint('PATCH');
export const del = endpoint('DELETE');

export function api(name: string, endpoints: readonly Endpoint[]): Api {
  return { name, endpoints };
}

/** The input a path carries, or undefined when it is another path. */
export function matchPath(template: string, path: string): Record<string, string> | undefined {
  const wanted = template.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? '';
    const place = /^\{(\w+)\}$/.exec(part)?.[1];
    if (!place && part !== value) return undefined;
    try {
      if (place) params[place] = decodeURIComponent(value);
    } catch {
      // Half an escape, as %zz: it names nothing.
      return undefined;
    }
  }
  return params;
}
