import { safeEqual, sha256Hex } from '@/lib/infra/crypto';
import { type Client as Connection, inTenant, type Pool } from '@/lib/infra/pg';
import { type Limit, takeAttempt, waitOf } from '@/lib/infra/rate-limit';
import type { Context as KernelContext } from '@/lib/kernel/context';
import { makeEvent, type NewEvent } from '@/lib/kernel/event';
import { newId } from '@/lib/kernel/ids';
import { outboxInsert } from '@/lib/kernel/outbox';
import { proveAssertion, type ProvenAssertion } from './assertion';
import { invalidClient, OAuthError } from './errors';
import type { Proof } from './proof';
import {
  agentStateOf,
  type Client,
  loadClient,
  type StoredCredential,
  touchCredential,
  useAssertion,
} from './store';

/** A client that has proved itself; an assertion is still to be used up, with the deed. */
export interface ProvenClient {
  client: Client;
  credential: StoredCredential;
  assertion?: ProvenAssertion;
  method: Proof['method'];
  /** Under what its failures are counted. */
  who: string;
}

export interface Authority {
  pool: Pool;
  issuer: string;
}

/**
 * Failures that a client may have from one address before it waits: counted by both, so
 * that a stranger's guesses do not lock the agent itself out.
 */
const failures: Limit = { name: 'oauth', points: 20, seconds: 60 };

/** Authenticates a client; a failure of a known one is an event of its workspace. */
export async function authenticateClient(
  authority: Authority,
  proof: Proof,
  address: string,
  audiences: readonly string[],
): Promise<ProvenClient> {
  const who = `${proof.clientId} ${address}`;
  const wait = await waitOf(failures, who);
  if (wait > 0) {
    throw new OAuthError('invalid_client', 'Too many failed attempts. Wait, then try again.', 429, {
      'Retry-After': String(wait),
    });
  }
  const client = await loadClient(authority.pool, proof.clientId);
  try {
    if (!client) throw invalidClient('The client is unknown.');
    return { ...(await prove(client, proof, audiences)), who };
  } catch (error) {
    if (error instanceof OAuthError) {
      await takeAttempt(failures, who);
      if (client) await refused(authority.pool, client, error);
    }
    throw error;
  }
}

async function prove(
  client: Client,
  proof: Proof,
  audiences: readonly string[],
): Promise<Omit<ProvenClient, 'who'>> {
  const { method } = proof;
  if (proof.method === 'private_key_jwt') {
    const assertion = await proveAssertion(
      proof.assertion,
      client.agentId,
      client.credentials,
      audiences,
    );
    return { client, credential: assertion.credential, assertion, method };
  }
  const hash = sha256Hex(proof.secret);
  const credential = client.credentials.find(
    ({ secret_hash: stored }) => stored !== null && safeEqual(stored, hash),
  );
  if (!credential) throw invalidClient('The client secret is not valid.');
  return { client, credential, method };
}

/**
 * Does a deed for a proven client: its assertion is used up, its agent's state checked and
 * the event appended in the deed's own transaction, so that of many uses one succeeds.
 */
export async function withClient<T>(
  authority: Authority,
  proven: ProvenClient,
  work: (tx: Connection, event: (event: NewEvent) => Promise<void>) => Promise<T>,
): Promise<T> {
  const { client, credential, assertion } = proven;
  try {
    return await inTenant(authority.pool, client.workspace, async (tx) => {
      if (assertion && !(await useAssertion(tx, client, assertion.jti, assertion.expiresAt))) {
        throw invalidClient('The assertion has been used before. Make a new one each time.');
      }
      const state = await agentStateOf(tx, client.agentId);
      if (state !== 'active' && state !== 'probation') {
        throw invalidClient(`The agent is ${state} and gets no access. Ask its sponsor.`);
      }
      await touchCredential(tx, credential.id);
      return work(tx, async (event) => {
        await tx.query(outboxInsert(makeEvent(contextOf(client), event)));
      });
    });
  } catch (error) {
    if (error instanceof OAuthError && error.code === 'invalid_client') {
      await takeAttempt(failures, proven.who);
      await refused(authority.pool, client, error, credential.id);
    }
    throw error;
  }
}

/** Records a refusal in the known client's trail. */
export async function refused(
  pool: Pool,
  client: Client,
  error: OAuthError,
  credentialId?: string,
): Promise<void> {
  const event = makeEvent(contextOf(client), {
    type: 'token.refused',
    outcome: 'refused',
    agent: client.agentId,
    ...(credentialId ? { object: { type: 'credential', id: credentialId } } : {}),
    data: { error: error.code, reason: error.message },
  });
  await inTenant(pool, client.workspace, (tx) => tx.query(outboxInsert(event)));
}

function contextOf(client: Client): KernelContext {
  return {
    workspace: client.workspace,
    actor: { type: 'agent', id: client.agentId },
    requestId: newId('req'),
  };
}
