/** A workspace that decides by a folder of Cedar, and who asks it over HTTP. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createCedarPolicy, putCedarSchema, putEntity } from '@/lib/domains/access/server';
import type { Context } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import type { World } from '../../test/world';
import type { Decision } from '../schema';

export { tokenOf } from '../../test/token';

/** What the sample workspace is made of as well. */
export const FIXTURE = path.resolve('workers/demo/authzen/cedar');

export function adminOf({ workspace }: Pick<World, 'workspace'>): Context {
  return {
    workspace,
    requestId: newId('req'),
    actor: {
      type: 'member',
      id: newId('mbr'),
      name: 'Admin',
      roles: ['admin'],
      abilities: [],
      method: 'password',
      authenticatedAt: 0,
    },
  };
}

/** Fills a workspace through the room's own verbs. */
export async function loadFixture(world: World): Promise<void> {
  const ctx = adminOf(world);
  const read = (file: string) => readFileSync(path.join(FIXTURE, file), 'utf8');
  await putCedarSchema(ctx, { text: read('schema.cedarschema') });
  for (const file of readdirSync(path.join(FIXTURE, 'policies')).toSorted()) {
    const name = path.basename(file, '.cedar');
    await createCedarPolicy(ctx, { name, text: read(`policies/${file}`) });
  }
  const entities = JSON.parse(read('entities.json')) as object[];
  for (const entity of entities) await putEntity(ctx, entity);
}

export interface Answer {
  status: number;
  headers: Headers;
  /** Of whichever form; a test that looks into what is not there fails. */
  body: Record<string, unknown> & {
    decision: boolean;
    context?: Decision['context'];
    evaluations: Decision[];
    results: { type?: string; id?: string; name?: string }[];
    page: { next_token: string; count: number };
  };
}

export type Post = (
  path: string,
  body: unknown,
  headers?: Record<string, string>,
) => Promise<Answer>;

/** Posts as who has this token; a string is sent as it is. */
export function asking(url: string, token: string | undefined): Post {
  return async (to, body, headers = {}) => {
    const response = await fetch(`${url}/access/v1/${to}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: JSON.parse(text) };
  };
}
