/** Who asks by AuthZEN, and what is wrong with what they ask. */
import type { HttpBindings } from '@hono/node-server';
import type { z } from 'zod';
import { clock } from '@/lib/kernel/clock';
import { Problem } from '@/lib/kernel/problem';
import { parse } from '@/lib/kernel/verb';
import { member, snapshotOfMember } from '../authzen/caller';
import type { From } from '../authzen/from';
import type { Gateway } from '../gateway';
import { readJson } from './body';
import { assertStanding, callerOf, notedFor } from './caller';

type Incoming = HttpBindings['incoming'];

/** Who asks: a member's token with the scope for it, or an agent; either decides the workspace. */
export async function asCaller<T>(
  gateway: Gateway,
  incoming: Incoming,
  route: string,
  work: (from: From) => Promise<T>,
): Promise<T> {
  const holder = await member(gateway, incoming.headers.authorization);
  if (holder) {
    return notedFor(gateway, holder.ctx, route, async () => {
      const snapshot = await snapshotOfMember(gateway, holder);
      gateway.backlog.assertNotBehind(holder.ctx.workspace);
      const now = clock.now().getTime();
      return work({ ctx: holder.ctx, snapshot, sees: () => true, address: null, now });
    });
  }
  const caller = callerOf(gateway, incoming);
  return notedFor(gateway, caller.ctx, route, async () => {
    const snapshot = await assertStanding(gateway, caller);
    gateway.backlog.assertNotBehind(caller.ctx.workspace);
    const sees = (agent: string) => agent === caller.token.agentId;
    const { ctx, address } = caller;
    return work({ ctx, snapshot, sees, address, now: clock.now().getTime() });
  });
}

/** AuthZEN has 400 for every request that is not well formed. */
export async function bodyOf(incoming: Incoming): Promise<unknown> {
  return asBadRequest(() => readJson(incoming));
}

export function asked<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  try {
    return parse(schema, body);
  } catch (error) {
    throw badRequest(error);
  }
}

export async function asBadRequest<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw badRequest(error);
  }
}

function badRequest(error: unknown): unknown {
  if (!(error instanceof Problem) || (error.status !== 415 && error.status !== 422)) return error;
  return new Problem({
    status: 400,
    code: error.code,
    title: 'Bad request',
    detail: error.message,
    ...(error.errors ? { errors: error.errors } : {}),
  });
}
