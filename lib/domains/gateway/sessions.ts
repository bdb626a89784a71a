import { randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { inTenant, type Pool } from '@/lib/infra/pg';
import type { Context } from '@/lib/kernel/context';
import { clock } from '@/lib/kernel/clock';
import { makeEvent } from '@/lib/kernel/event';
import { newId } from '@/lib/kernel/ids';
import { notFound } from '@/lib/kernel/problem';
import { outboxInsert } from '@/lib/kernel/outbox';
import type { SessionRequest } from './schema';
import type { Snapshot } from './snapshot/snapshot';

/** Ended sessions are announced here as their id, since agents end many. */
export const SESSION_CHANNEL = 'countersign_sessions';
const LIFETIME_MS = 24 * 3_600_000;
/** What is kept in memory, by number and by about its bytes. */
const MAX_KEPT = 50_000;
const MAX_KEPT_BYTES = 64 * 1024 * 1024;

export interface Session {
  id: string;
  workspace: string;
  agentId: string;
  initiator: Record<string, unknown>;
  attributes: Record<string, unknown>;
  canary: string;
  /** Epoch milliseconds. */
  expiresAt: number;
  ended: boolean;
}

interface SessionRow {
  id: string;
  workspace_id: string;
  agent_id: string;
  initiator: Record<string, unknown>;
  attributes: Record<string, unknown>;
  canary: string;
  expires_at: Date;
  ended_at: Date | null;
}

/** Sessions, with those in use kept in memory until they are announced as ended. */
export class Sessions {
  readonly #pool: Pool;
  readonly #known = new LRUCache<string, Session>({
    max: MAX_KEPT,
    maxSize: MAX_KEPT_BYTES,
    // None is too large to be kept: whoever loads one looks for it here.
    sizeCalculation: (session) => Math.min(bytesOf(session), MAX_KEPT_BYTES),
  });
  /** Reads under way; one whose session is announced as ended meanwhile is done again. */
  readonly #reads = new Map<string, symbol>();

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** A session in memory, or undefined; `load` brings it in. Another workspace's is not there. */
  peek(workspace: string, id: string): Session | undefined {
    const session = this.#known.get(id);
    return session?.workspace === workspace ? session : undefined;
  }

  /** Brings a session in; false when there is none. */
  async load(workspace: string, id: string): Promise<boolean> {
    const read = Symbol(id);
    this.#reads.set(id, read);
    const row = await inTenant(this.#pool, workspace, async (client) => {
      const { rows } = await client.query<SessionRow>({
        name: 'session-load',
        text: `SELECT id, workspace_id, agent_id, initiator, attributes, canary, expires_at, ended_at
               FROM sessions WHERE id = $1`,
        values: [id],
      });
      return rows[0];
    }).catch((error: unknown) => {
      this.#reads.delete(id);
      throw error;
    });
    // One that was announced as ended while it was being read may have been read as open.
    if (!this.#reads.has(id)) return this.load(workspace, id);
    if (this.#reads.get(id) === read) this.#reads.delete(id);
    if (row) this.#known.set(id, fromRow(row));
    return row !== undefined;
  }

  /** Starts a session of the context's agent. */
  async start(
    ctx: Context,
    agentId: string,
    request: SessionRequest,
    snapshot: Snapshot,
  ): Promise<Session> {
    const now = clock.now();
    const row: SessionRow = {
      id: newId('ses'),
      workspace_id: ctx.workspace,
      agent_id: agentId,
      initiator: request.initiator,
      attributes: request.attributes,
      canary: `cst_${randomBytes(12).toString('hex')}`,
      expires_at: new Date(now.getTime() + LIFETIME_MS),
      ended_at: null,
    };
    const event = makeEvent(ctx, {
      type: 'session.started',
      session: row.id,
      object: { type: 'session', id: row.id },
      policy_version: snapshot.policyVersion,
      data: {
        ...granted(snapshot, agentId),
        initiator: request.initiator,
        auth_context: request.auth_context,
        attributes: request.attributes,
      },
    });
    await inTenant(this.#pool, ctx.workspace, async (client) => {
      await client.query({
        name: 'session-start',
        text: `INSERT INTO sessions
                 (id, workspace_id, agent_id, initiator, auth_context, attributes, canary, created_at, expires_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
        values: [
          row.id,
          row.workspace_id,
          row.agent_id,
          JSON.stringify(row.initiator),
          JSON.stringify(request.auth_context),
          JSON.stringify(row.attributes),
          row.canary,
          now,
          row.expires_at,
        ],
      });
      await client.query(outboxInsert(event));
    });
    const session = fromRow(row);
    this.#known.set(row.id, session);
    return session;
  }

  /** Ends an agent's session; ending it twice is no error. Throws 404 for anyone else's. */
  async end(ctx: Context, agentId: string, id: string): Promise<void> {
    await inTenant(this.#pool, ctx.workspace, async (client) => {
      const ended = await client.query({
        name: 'session-end',
        text: `UPDATE sessions SET ended_at = $3 WHERE id = $1 AND agent_id = $2 AND ended_at IS NULL`,
        values: [id, agentId, clock.now()],
      });
      if (ended.rowCount === 1) {
        await client.query(
          outboxInsert(
            makeEvent(ctx, { type: 'session.ended', session: id, object: { type: 'session', id } }),
          ),
        );
        await client.query('SELECT pg_notify($1, $2)', [SESSION_CHANNEL, id]);
        return;
      }
      const known = await client.query('SELECT 1 FROM sessions WHERE id = $1 AND agent_id = $2', [
        id,
        agentId,
      ]);
      if (known.rowCount === 0) throw notFound('session');
    });
    this.forget(id);
  }

  forget(id: string): void {
    this.#known.delete(id);
    this.#reads.delete(id);
  }

  clear(): void {
    this.#known.clear();
    this.#reads.clear();
  }
}

/** Enough of them for the story; the policies' version has all, with what each allows. */
const MOST_NAMED = 200;

/** What the agent was permitted as the session began: its roles, and their permissions' ids. */
function granted(snapshot: Snapshot, agentId: string): { roles: string[]; permissions: string[] } {
  const roles = snapshot.agents.get(agentId)?.roles ?? new Set();
  const permissions = [...snapshot.permissions.values()].filter((one) => roles.has(one.role_id));
  return {
    roles: [...roles].slice(0, MOST_NAMED),
    permissions: permissions.map(({ id }) => id).slice(0, MOST_NAMED),
  };
}

/** About what a JSON value takes in memory, which is many times its text where it has many members. */
function bytesOf(value: unknown): number {
  if (typeof value === 'string') return 16 + value.length;
  if (typeof value !== 'object' || value === null) return 8;
  let bytes = 64;
  for (const [name, member] of Object.entries(value)) bytes += 32 + name.length + bytesOf(member);
  return bytes;
}

function fromRow(row: SessionRow): Session {
  return {
    id: row.id,
    workspace: row.workspace_id,
    agentId: row.agent_id,
    initiator: row.initiator,
    attributes: row.attributes,
    canary: row.canary,
    expiresAt: row.expires_at.getTime(),
    ended: row.ended_at !== null,
  };
}
