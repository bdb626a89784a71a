/** Codes of RFC 6749 section 5.2, RFC 8707 and RFC 7009 that these endpoints answer with. */
export type OAuthCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'invalid_scope'
  | 'invalid_target'
  | 'unsupported_grant_type'
  | 'temporarily_unavailable';

/** An error that is answered as `{error, error_description}`. */
export class OAuthError extends Error {
  readonly code: OAuthCode;
  readonly status: 400 | 401 | 405 | 413 | 415 | 429 | 503;
  readonly headers: Record<string, string>;

  constructor(
    code: OAuthCode,
    description: string,
    status: OAuthError['status'] = 400,
    headers: Record<string, string> = {},
  ) {
    super(description);
    this.name = 'OAuthError';
    this.code = code;
    this.status = status;
    this.headers = headers;
  }
}

export function invalidRequest(description: string): OAuthError {
  return new OAuthError('invalid_request', description);
}

export function invalidClient(description: string): OAuthError {
  return new OAuthError('invalid_client', description, 401, {
    'WWW-Authenticate': 'Basic realm="countersign", charset="UTF-8"',
  });
}
