import type { IncomingMessage } from 'node:http';
import { type AccessToken, verifyAccessToken } from '@/lib/domains/identity/server';
import { clientAddress } from '@/lib/http/client-address';
import { env } from '@/lib/infra/env';
import { plainAddress } from '@/lib/kernel/address';
import { clock } from '@/lib/kernel/clock';
import type { Context } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import { Problem } from '@/lib/kernel/problem';
import type { Gateway } from '../gateway';
import { authenticate, snapshotFor } from '../pipeline/authenticate';
import type { Snapshot } from '../snapshot/snapshot';

export interface Caller {
  ctx: Context;
  token: AccessToken;
  /** Where the request comes from; null when that is no address. */
  address: string | null;
}

const boot = newId('req');
let requests = 0;

/** Whom a valid access token speaks for. Throws 401. */
export function callerOf({ issuer }: Gateway, incoming: IncomingMessage): Caller {
  const bearer = /^Bearer +(\S+)$/i.exec(incoming.headers.authorization ?? '')?.[1];
  if (bearer === undefined) {
    throw new Problem({
      status: 401,
      code: 'unauthenticated',
      title: 'No access token',
      detail: 'Send an access token: Authorization: Bearer ….',
      headers: { 'WWW-Authenticate': 'Bearer realm="countersign"' },
    });
  }
  const token = verifyAccessToken(bearer, issuer);
  requests += 1;
  return {
    token,
    address: plainAddress(clientAddress(incoming, env().TRUSTED_PROXIES)),
    ctx: {
      workspace: token.workspace,
      actor: { type: 'agent', id: token.agentId },
      requestId: `${boot}-${requests}`,
    },
  };
}

/** Does `work` for a caller; a refusal of it is an event. */
export function noted<T>(
  gateway: Gateway,
  { ctx }: Caller,
  route: string,
  work: () => Promise<T>,
): Promise<T> {
  return notedFor(gateway, ctx, route, work);
}

/** As `noted`, for whoever the context names. */
export async function notedFor<T>(
  gateway: Gateway,
  ctx: Context,
  route: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Problem && error.status < 500) {
      await gateway.refusals.note(ctx, route, error);
    }
    throw error;
  }
}

/** The snapshot on which the caller's token, credential and agent still stand; else 401 or 403. */
export async function assertStanding({ snapshots }: Gateway, { token }: Caller): Promise<Snapshot> {
  const snapshot = await snapshotFor(snapshots, token);
  authenticate(snapshot, token, clock.now().getTime());
  return snapshot;
}
