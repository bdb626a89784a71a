/** A second sample workspace, which answers AuthZEN's certification scenario and its todo application. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  createCedarPolicy,
  listCedarPolicies,
  putCedarSchema,
  putEntity,
} from '@/lib/domains/access/server';
import {
  createToken,
  createWorkspace,
  getWorkspace,
  listMembers,
} from '@/lib/domains/workspaces/server';
import { type Context, jobContext } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import { Problem } from '@/lib/kernel/problem';
import type { Kept } from './kept';

export const AUTHZEN_ADMIN = {
  name: 'Ada Certa',
  email: 'ada.certa@authzen.example',
} as const;
const WORKSPACE = { name: 'AuthZEN certification', timeZone: 'Etc/UTC', demo: true } as const;
const SEED = 'demo.seed';
const TOKEN_DAYS = 365;

/** Its configuration, in the folder's own form. */
const FOLDER = path.resolve('workers/demo/authzen/cedar');

/** Makes the workspace with its policies, entities and the token to ask with; what is there already stays. */
export async function seedAuthzen(kept: Kept): Promise<void> {
  const { authzen: id } = kept;
  const { name, email } = AUTHZEN_ADMIN;
  const job = jobContext(id, SEED);
  if (kept.token(email) !== undefined && (await exists(job))) return;
  if (!(await exists(job))) {
    await createWorkspace(
      { id, ...WORKSPACE },
      { name, email, password: kept.password(email) },
      SEED,
    );
  }
  await fill(job);
  const { items } = await listMembers(job, {});
  const admin = items.find((member) => member.email === email);
  const ctx: Context = {
    workspace: id,
    requestId: newId('req'),
    actor: {
      type: 'member',
      id: admin?.id ?? '',
      name,
      roles: ['admin'],
      abilities: [],
      method: SEED,
      authenticatedAt: Date.now(),
    },
  };
  const input = { name: 'demo.json', scopes: ['authzen'], days: TOKEN_DAYS };
  kept.keepToken(email, (await createToken(ctx, input)).token);
}

async function exists(job: Context): Promise<boolean> {
  try {
    await getWorkspace(job, {});
    return true;
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return false;
    throw error;
  }
}

async function fill(job: Context): Promise<void> {
  const read = (file: string) => readFileSync(path.join(FOLDER, file), 'utf8');
  const { items } = await listCedarPolicies(job, {});
  const there = new Set(items.map(({ name }) => name));
  // What was interrupted is written again, which changes nothing.
  if (there.size === 0) await putCedarSchema(job, { text: read('schema.cedarschema') });
  for (const entity of JSON.parse(read('entities.json')) as object[]) await putEntity(job, entity);
  for (const file of readdirSync(path.join(FOLDER, 'policies')).toSorted()) {
    const name = path.basename(file, '.cedar');
    if (!there.has(name)) await createCedarPolicy(job, { name, text: read(`policies/${file}`) });
  }
}
