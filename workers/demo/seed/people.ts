import {
  addMember,
  createToken,
  createWorkspace,
  getWorkspace,
  listMembers,
  updateWorkspace,
} from '@/lib/domains/workspaces/server';
import type { Actor } from '@/lib/kernel/actor';
import type { Context } from '@/lib/kernel/context';
import { jobContext } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import { Problem } from '@/lib/kernel/problem';
import { MEMBERS, SETTINGS, WORKSPACE, type MemberSeed } from './data';
import type { Kept } from './kept';

/** Who acts where nobody is signed in; the rooms' policies know it. */
export const SEED = 'demo.seed';

/** A year, the longest a token can live. */
const TOKEN_DAYS = 365;

/** Whether the workspace that was kept is in this database. */
export async function workspaceExists(kept: Kept): Promise<boolean> {
  try {
    await getWorkspace(jobContext(kept.workspace, SEED), {});
    return true;
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return false;
    throw error;
  }
}

/** Makes the workspace and its members; gives the members' ids by mail address. */
export async function seedPeople(kept: Kept): Promise<Map<string, string>> {
  const ctx = jobContext(kept.workspace, SEED);
  if (!(await workspaceExists(kept))) {
    const admin = seedOf('admin');
    await createWorkspace(
      { id: kept.workspace, ...WORKSPACE, demo: true },
      { name: admin.name, email: admin.email, password: kept.password(admin.email) },
      SEED,
    ).catch(explain);
    await updateWorkspace(ctx, { settings: SETTINGS });
  }
  const ids = await memberIds(kept);
  for (const { name, email, role } of MEMBERS) {
    if (ids.has(email)) continue;
    const password = kept.password(email);
    const member = await addMember(ctx, { name, email, roles: [role], password });
    ids.set(email, member.id);
  }
  return ids;
}

function explain(error: unknown): never {
  if (error instanceof Problem && error.code === 'email_taken') {
    throw new Error(
      'This database has a sample workspace already, and its keys are in the data directory that it was made with. Start with that one, or with another database.',
      { cause: error },
    );
  }
  throw error;
}

/** Gives each member a personal access token, unless one is kept. */
export async function seedTokens(kept: Kept, members: Map<string, string>): Promise<void> {
  for (const member of MEMBERS) {
    if (kept.token(member.email)) continue;
    const ctx = memberContext(kept.workspace, member, members);
    const input = { name: 'demo.json', scopes: ['read', 'write'], days: TOKEN_DAYS };
    const { token } = await createToken(ctx, input);
    kept.keepToken(member.email, token);
  }
}

/** The sample admin as the one who acts. */
export function adminContext(kept: Kept, members: Map<string, string>): Context {
  return memberContext(kept.workspace, seedOf('admin'), members);
}

/** The members' ids by mail address. */
export async function memberIds(kept: Kept): Promise<Map<string, string>> {
  const { items } = await listMembers(jobContext(kept.workspace, SEED), {});
  return new Map(items.map(({ email, id }) => [email, id]));
}

function memberContext(
  workspace: string,
  member: MemberSeed,
  members: Map<string, string>,
): Context {
  const actor: Actor = {
    type: 'member',
    id: members.get(member.email) ?? '',
    name: member.name,
    roles: [member.role],
    abilities: [],
    method: SEED,
    authenticatedAt: Date.now(),
  };
  return { workspace, actor, requestId: newId('req') };
}

function seedOf(role: MemberSeed['role']): MemberSeed {
  const member = MEMBERS.find((candidate) => candidate.role === role);
  if (!member) throw new Error(`no sample member is ${role}`);
  return member;
}
