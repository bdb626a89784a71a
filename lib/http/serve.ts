import { type NextRequest, NextResponse } from 'next/server';
import type { Context } from '@/lib/kernel/context';
import { invalid, notFound, Problem } from '@/lib/kernel/problem';
import { findUnstorable } from '@/lib/kernel/storable';
import { logger } from '@/lib/infra/logger';
import { type Api, type Endpoint, matchPath, type Method } from './api';
import { Bytes } from './bytes';
import { authenticate } from './authenticate';
import { assertJsonType, assertNamesOnce, utf8Text } from './json';
import { markCursors, unmarked } from './lists';

const BODY_LIMIT = 1_000_000;
const DROPPED_LIMIT = 16 * BODY_LIMIT;

type Handler = (request: NextRequest) => Promise<Response>;
type Verb = Method | 'PUT' | 'OPTIONS';

/** Next route handlers for a room's endpoints: authenticate, parse, perform, answer. */
export function serve(api: Api): Record<Verb, Handler> {
  const handler: Handler = (request) =>
    answered(async () => {
      const path = request.nextUrl.pathname;
      const { endpoint, params } = find(api, request.method, path);
      const ctx = await authenticate(request);
      return perform(endpoint, ctx, await inputOf(request, endpoint, params));
    });
  return everyMethod(handler, (path) => methodsAt(api, path));
}

/** Handlers for a path that has these alone; any other method is told which there are. */
export function only(handlers: Partial<Record<Method, Handler>>): Record<Verb, Handler> {
  const methods = Object.keys(handlers);
  return everyMethod(
    (request) => {
      const handler = handlers[asked(request.method) as Method];
      return handler?.(request) ?? answered(() => Promise.reject(notAllowed(methods)));
    },
    () => methods,
  );
}

/** For paths that nothing is at: a problem too, and no page. */
export function nothing(): Record<Verb, Handler> {
  const none = () => Promise.reject(notFound('page or route'));
  return everyMethod(handlePublic(none), () => []);
}

function everyMethod(
  handler: Handler,
  methodsOf: (path: string) => readonly string[],
): Record<Verb, Handler> {
  // Next calls GET for HEAD and sends no body; one that nobody reads must be told to end.
  const get: Handler = async (request) => {
    const response = await handler(request);
    if (request.method !== 'HEAD') return response;
    await response.body?.cancel();
    return new Response(null, response);
  };
  const options: Handler = (request) =>
    answered(async () => {
      const methods = methodsOf(request.nextUrl.pathname);
      if (methods.length === 0) throw notFound('page or route');
      return new Response(null, { status: 204, headers: { Allow: allow(methods) } });
    });
  return {
    GET: get,
    POST: handler,
    PUT: handler,
    PATCH: handler,
    DELETE: handler,
    OPTIONS: options,
  };
}

/** A handler of one's own (streams, server-sent events) with the same sign-in and problems. */
export function handle(work: (request: NextRequest, ctx: Context) => Promise<Response>): Handler {
  return (request) => answered(async () => work(request, await authenticate(request)));
}

/** For the few routes that precede signing in. */
export function handlePublic(work: (request: NextRequest) => Promise<Response>): Handler {
  return (request) => answered(() => work(request));
}

async function answered(work: () => Promise<Response>): Promise<Response> {
  try {
    return await work();
  } catch (error) {
    return problemResponse(error);
  }
}

/** application/problem+json for any error; what is not a Problem is logged and says nothing. */
export function problemResponse(error: unknown): Response {
  const problem =
    error instanceof Problem
      ? error
      : new Problem({
          status: 500,
          code: 'internal',
          title: 'Something went wrong',
          detail: 'Nothing was changed. Try again; if it goes on, look at the server log.',
        });
  if (problem !== error || problem.cause) logger.error({ err: error }, 'request failed');
  return NextResponse.json(problem.toJSON(), {
    status: problem.status,
    headers: { 'content-type': 'application/problem+json', ...problem.headers },
  });
}

function find(
  api: Api,
  method: string,
  path: string,
): { endpoint: Endpoint; params: Record<string, string> } {
  for (const endpoint of api.endpoints) {
    const params = endpoint.method === asked(method) ? matchPath(endpoint.path, path) : undefined;
    if (params) return { endpoint, params };
  }
  const methods = methodsAt(api, path);
  if (methods.length === 0) throw notFound('page or route');
  throw notAllowed(methods);
}

/** HEAD is GET without the body. */
const asked = (method: string) => (method === 'HEAD' ? 'GET' : method);

function methodsAt(api: Api, path: string): string[] {
  return api.endpoints
    .filter((endpoint) => matchPath(endpoint.path, path) !== undefined)
    .map((endpoint) => endpoint.method);
}

function allow(methods: readonly string[]): string {
  return [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ');
}

function notAllowed(methods: readonly string[]): Problem {
  return new Problem({
    status: 405,
    code: 'method_not_allowed',
    title: 'Method not allowed',
    detail: `This route answers ${methods.join(', ')}.`,
    headers: { Allow: allow(methods) },
  });
}

async function perform(endpoint: Endpoint, ctx: Context, input: unknown): Promise<Response> {
  const result = await endpoint.operation(ctx, input);
  if (result instanceof Response) return result;
  return NextResponse.json(markCursors(endpoint, result) ?? null, {
    status: endpoint.status,
    headers: { 'cache-control': 'no-store', 'x-request-id': ctx.requestId },
  });
}

async function inputOf(
  request: NextRequest,
  endpoint: Endpoint,
  params: Record<string, string>,
): Promise<unknown> {
  if (endpoint.method === 'GET') {
    const query = unmarked(endpoint, searchInput(request.nextUrl.searchParams));
    return { ...query, ...headersOf(request, endpoint), ...storable(params) };
  }
  const body = await jsonBody(request, endpoint.bodyLimit);
  for (const key of Object.keys(params)) {
    if (key in body) throw invalid([{ field: key, message: 'is given by the path' }]);
  }
  return { ...body, ...storable(params) };
}

/** What was sent, as it is. Throws 422 for what could not be kept exactly. */
function storable<T>(value: T): T {
  const found = findUnstorable(value);
  if (found) throw invalid([found]);
  return value;
}

function headersOf(request: NextRequest, { headers }: Endpoint): Record<string, string> {
  const given = headers.map((name) => [name, request.headers.get(name)] as const);
  return Object.fromEntries(given.filter((entry): entry is [string, string] => entry[1] !== null));
}

/** Query parameters as an object; one given twice is refused rather than guessed at. */
export function searchInput(params: URLSearchParams): Record<string, string> {
  const input: Record<string, string> = {};
  for (const [key, value] of params) {
    if (key in input) throw invalid([{ field: key, message: 'is given more than once' }]);
    if (value !== '') input[key] = value;
  }
  return storable(input);
}

/** The request's JSON object: at most 1 MB unless told otherwise, `{}` when there is no body. */
export async function jsonBody(
  request: NextRequest,
  limit = BODY_LIMIT,
): Promise<Record<string, unknown>> {
  const bytes = await boundedBody(request, limit);
  if (bytes.length === 0) return {};
  assertJsonType(request.headers.get('content-type'), request.headers.get('content-encoding'));
  const text = utf8Text(bytes);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Problem({
      status: 400,
      code: 'malformed_json',
      title: 'Malformed JSON',
      detail: 'The body is not valid JSON.',
    });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid([{ field: '', message: 'must be a JSON object' }]);
  }
  storable(value);
  assertNamesOnce(text, value);
  return value as Record<string, unknown>;
}

async function boundedBody(request: NextRequest, limit: number): Promise<Buffer> {
  if (!request.body) return Buffer.alloc(0);
  const bytes = new Bytes();
  let size = 0;
  for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size <= limit) bytes.add(chunk);
    // The rest is read and dropped, up to a point: leaving it would cut the connection, and with it the answer.
    else if (size > DROPPED_LIMIT) break;
  }
  if (size > limit) {
    throw new Problem({
      status: 413,
      code: 'body_too_large',
      title: 'Body too large',
      detail: `The body is larger than ${limit / 1_000_000} MB. Send less at once.`,
    });
  }
  return bytes.all();
}
