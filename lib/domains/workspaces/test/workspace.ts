import { randomUUID } from 'node:crypto';
import { eventsOf as everythingSaid, type Said } from '@/lib/infra/testing/events';
import type { Context } from '@/lib/kernel/context';
import type { TrailEvent } from '@/lib/kernel/event';
import type { MemberRole } from '../schema';
import { addMember } from '../service/members';
import { createWorkspace } from '../service/workspace';
import { DEMO_JOB } from '../policy';

export const PASSWORD = 'correct horse battery';

export interface TestMember {
  id: string;
  email: string;
  ctx: Context;
}

export interface TestWorkspace {
  id: string;
  admin: TestMember;
  add: (...roles: MemberRole[]) => Promise<TestMember>;
}

/** A context as the console makes it for a browser session. */
export function as(workspace: string, id: string, roles: string[], session = 'mss_none'): Context {
  return {
    workspace,
    requestId: 'req_test',
    actor: {
      type: 'member',
      id,
      name: 'Test Member',
      roles,
      abilities: [],
      method: 'password',
      authenticatedAt: Date.now(),
      sessionId: session,
    },
  };
}

/** A workspace of the suite's own, with an admin whose password is PASSWORD. */
export async function mintWorkspace(): Promise<TestWorkspace> {
  const email = `${randomUUID()}@example.test`;
  const made = await createWorkspace(
    { name: 'Test workspace' },
    { name: 'Ada Admin', email, password: PASSWORD },
    DEMO_JOB,
  );
  const id = made.workspace;
  const add = async (...roles: MemberRole[]) => {
    const address = `${randomUUID()}@example.test`;
    const member = await addMember(
      { workspace: id, actor: { type: 'job', id: DEMO_JOB }, requestId: 'req_test' },
      { name: `Member ${roles.join(' ')}`, email: address, roles, password: PASSWORD },
    );
    return { id: member.id, email: address, ctx: as(id, member.id, roles) };
  };
  return { id, admin: { id: made.member, email, ctx: as(id, made.member, ['admin']) }, add };
}

/** Everything said in a workspace. */
export const eventsOf = (workspace: string): Promise<(TrailEvent & Said)[]> =>
  everythingSaid<TrailEvent & Said>(workspace);

export async function eventTypes(workspace: string): Promise<string[]> {
  return (await eventsOf(workspace)).map((event) => event.type);
}
