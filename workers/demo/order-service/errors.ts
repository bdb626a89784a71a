/** An answer that is not a success: a stable code and one sentence. */
export class ServiceError extends Error {
  readonly status: 400 | 401 | 404 | 409 | 413 | 422;
  readonly code: string;

  constructor(status: ServiceError['status'], code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }

  /** The JSON that the caller gets. */
  get body(): { error: { code: string; message: string } } {
    return { error: { code: this.code, message: this.message } };
  }
}

export function missing(what: string, id: string): ServiceError {
  return new ServiceError(404, `${what}_not_found`, `There is no ${what} ${id}.`);
}
