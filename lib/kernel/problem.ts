/** One field that is wrong, by its path in the input (`ladder.gated`). */
export interface FieldError {
  field: string;
  message: string;
}

export interface ProblemInit {
  status: number;
  /** Stable, snake_case; clients may branch on it. */
  code: string;
  title: string;
  /** One public sentence that names the next step. */
  detail: string;
  errors?: FieldError[];
  /** Further members of the problem document. */
  extra?: Record<string, unknown>;
  headers?: Record<string, string>;
  /** For the log only; never sent. */
  cause?: unknown;
}

/** An error that is answered as RFC 9457 problem details. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly errors: FieldError[] | undefined;
  readonly extra: Record<string, unknown> | undefined;
  readonly headers: Record<string, string> | undefined;

  constructor(init: ProblemInit) {
    super(init.detail, { cause: init.cause });
    this.name = 'Problem';
    this.status = init.status;
    this.code = init.code;
    this.title = init.title;
    this.errors = init.errors;
    this.extra = init.extra;
    this.headers = init.headers;
  }

  /** The application/problem+json document. */
  toJSON(): Record<string, unknown> {
    return {
      type: `urn:countersign:problem:${this.code}`,
      title: this.title,
      status: this.status,
      code: this.code,
      detail: this.message,
      ...(this.errors ? { errors: this.errors } : {}),
      ...this.extra,
    };
  }
}

export function notFound(what: string): Problem {
  return new Problem({
    status: 404,
    code: 'not_found',
    title: 'Not found',
    detail: `There is no such ${what} in this workspace. Check the id.`,
  });
}

export function forbidden(reason: string, code = 'forbidden'): Problem {
  return new Problem({ status: 403, code, title: 'Not allowed', detail: reason });
}

export function conflict(code: string, detail: string): Problem {
  return new Problem({ status: 409, code, title: 'Conflict', detail });
}

export function invalid(errors: FieldError[], detail?: string): Problem {
  const first = errors[0];
  return new Problem({
    status: 422,
    code: 'invalid_input',
    title: 'Invalid input',
    detail:
      detail ??
      (first ? `${first.field || 'The input'}: ${first.message}` : 'The input is not valid.'),
    errors,
  });
}

/** `refused` is the code of RFC 6750 where a token was sent and is not taken. */
export function unauthenticated(
  detail = 'Sign in, or send a valid access token.',
  refused?: 'invalid_token',
): Problem {
  return new Problem({
    status: 401,
    code: 'unauthenticated',
    title: 'Not signed in',
    detail,
    // Every 401 says by what one may sign in (RFC 9110, 15.5.2).
    headers: {
      'WWW-Authenticate': `Bearer realm="countersign"${refused ? `, error="${refused}"` : ''}`,
    },
  });
}

export function unavailable(code: string, detail: string, cause?: unknown): Problem {
  return new Problem({
    status: 503,
    code,
    title: 'Unavailable',
    detail,
    headers: { 'Retry-After': '1' },
    cause,
  });
}
