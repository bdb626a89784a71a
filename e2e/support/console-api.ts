import type { Answer } from './agent';
import { type Demo, memberOf, type Role } from './demo';

export type ConsoleApi = (method: string, path: string, body?: unknown) => Promise<Answer>;

/** The console's API as scripts use it, with a member's personal access token. */
export function consoleApi(demo: Demo, role: Role, which = 0): ConsoleApi {
  const { token } = memberOf(demo, role, which);
  return async (method, path, body) => {
    const response = await fetch(new URL(path, demo.console), {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Answer['body'] };
  };
}

/** The items of a list's first page. */
export async function itemsOf<T>(api: ConsoleApi, path: string): Promise<T[]> {
  const { body } = await api('GET', path);
  return body.items as T[];
}
