import { inWorkspace } from '@/lib/infra/db';
import type { Context } from '@/lib/kernel/context';
import { jobContext } from '@/lib/kernel/context';
import { appendEvents, makeEvent, type NewEvent, type TrailEvent } from '@/lib/kernel/event';
import { newId } from '@/lib/kernel/ids';
import { drainOutbox } from '../sequencer/run';

/** A context of a member with these roles, in this workspace. */
export function memberContext(workspace: string, ...roles: string[]): Context {
  return {
    workspace,
    requestId: newId('req'),
    actor: {
      type: 'member',
      id: newId('mbr'),
      name: 'Ada',
      roles,
      abilities: [],
      method: 'password',
      authenticatedAt: Date.now(),
    },
  };
}

export function agentContext(workspace: string, agent: string): Context {
  return { workspace, requestId: newId('req'), actor: { type: 'agent', id: agent } };
}

/** What a suite whose searches go through a copy has done with what happened; nothing in others. */
export const copying = { copy: async (_workspace: string): Promise<void> => undefined };

/** Appends events as a deed would, and sequences them. */
export async function happened(
  ctx: Context,
  ...events: (NewEvent & { time?: string })[]
): Promise<TrailEvent[]> {
  const made = events.map((event) => makeEvent(ctx, event));
  await inWorkspace(ctx.workspace, (tx) => appendEvents(tx, made));
  await drainOutbox();
  await copying.copy(ctx.workspace);
  return made;
}

export function load(workspace: string, ...events: NewEvent[]): Promise<TrailEvent[]> {
  return happened(jobContext(workspace, 'test.load'), ...events);
}

/** The problem that a call ends with. */
export async function problemOf(
  call: Promise<unknown>,
): Promise<{ status?: number; code?: string; fields: string[] }> {
  return call.then(
    () => ({ fields: [] }),
    (error: { status?: number; code?: string; errors?: { field: string }[] }) => ({
      ...(error.status === undefined ? {} : { status: error.status }),
      ...(error.code === undefined ? {} : { code: error.code }),
      fields: (error.errors ?? []).map((each) => each.field),
    }),
  );
}
