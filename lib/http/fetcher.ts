/** What the server said went wrong: an RFC 9457 problem. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly errors: { field: string; message: string }[];

  constructor(
    status: number,
    code: string,
    detail: string,
    errors: { field: string; message: string }[] = [],
  ) {
    super(detail);
    this.status = status;
    this.code = code;
    this.errors = errors;
    this.name = 'ApiProblem';
  }

  /** The message for one field of a form. */
  field(name: string): string | undefined {
    return this.errors.find((error) => error.field === name)?.message;
  }
}

type Query = Record<string, string | number | boolean | null | undefined>;

function url(path: string, query?: Query): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null && value !== '') search.set(key, String(value));
  }
  const text = search.toString();
  return text ? `${path}?${text}` : path;
}

async function send<T>(method: string, target: string, body?: unknown): Promise<T> {
  let response: Response;
  try {
    response = await fetch(target, {
      method,
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new ApiProblem(0, 'unreachable', 'The server cannot be reached. Check the connection.');
  }
  const data: unknown = await response.json().catch(() => null);
  if (response.ok) return data as T;
  const problem = (data ?? {}) as { code?: string; detail?: string; errors?: [] };
  throw new ApiProblem(
    response.status,
    problem.code ?? 'unknown',
    problem.detail ?? `The server answered ${response.status}. Try again shortly.`,
    problem.errors,
  );
}

/** The browser's way to the console's API. */
export const api = {
  get: <T>(path: string, query?: Query): Promise<T> => send<T>('GET', url(path, query)),
  post: <T>(path: string, body: unknown = {}): Promise<T> => send<T>('POST', path, body),
  patch: <T>(path: string, body: unknown): Promise<T> => send<T>('PATCH', path, body),
  delete: <T>(path: string): Promise<T> => send<T>('DELETE', path),
};
