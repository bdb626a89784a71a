/** A workspace of one's own, written as the owner, and a client for the gateway that serves it. */
import pg from 'pg';
import { newDataKey, seal, unwrapDataKey } from '@/lib/infra/crypto';
import { ownerUrl } from '@/lib/infra/db-roles';
import { eventsOf } from '@/lib/infra/testing/events';
import { issueAccessToken } from '@/lib/domains/identity/server';
import { newId } from '@/lib/kernel/ids';

export interface World {
  workspace: string;
  owner: pg.Pool;
  /** Adds a row; columns left out take their defaults. Returns its id. */
  insert: (table: string, row: Record<string, unknown>) => Promise<string>;
  agent: (over?: Record<string, unknown>) => Promise<{ id: string; credential: string }>;
  role: (...agents: string[]) => Promise<string>;
  tool: (baseUrl: string, over?: Record<string, unknown>) => Promise<string>;
  secret: (value: string) => Promise<{ id: string; version: string }>;
  actionType: (tool: string, over?: Record<string, unknown>) => Promise<string>;
  permission: (role: string, type: string, over?: Record<string, unknown>) => Promise<string>;
  actions: () => Promise<Record<string, unknown>[]>;
  events: () => Promise<Record<string, unknown>[]>;
  close: () => Promise<void>;
}

const jsonColumns = new Set([
  'auth',
  'parameters',
  'rules',
  'ladder',
  'limits',
  'settings',
  'rotator',
  'public_jwk',
]);

export async function makeWorld(settings: Record<string, unknown> = {}): Promise<World> {
  const owner = new pg.Pool({ connectionString: ownerUrl('control'), max: 4 });
  owner.on('error', () => undefined);
  const workspace = newId('ws');
  const insert: World['insert'] = async (table, row) => {
    const names = Object.keys(row);
    const values = names.map((name) =>
      jsonColumns.has(name) && row[name] !== null ? JSON.stringify(row[name]) : row[name],
    );
    await owner.query(
      `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map((_, i) => `$${i + 1}`).join(', ')})`,
      values,
    );
    return String(row['id']);
  };
  const now = new Date();
  const touched = { updated_at: now };
  const own = { workspace_id: workspace };
  await insert('workspaces', {
    id: workspace,
    name: workspace,
    settings,
    data_key: Buffer.from(newDataKey(workspace)),
    ...touched,
  });

  return {
    workspace,
    owner,
    insert,
    agent: async (over = {}) => {
      const id = newId('agt');
      await insert('agents', {
        id,
        ...own,
        name: id,
        purpose: 'test',
        environment: 'production',
        model: 'scripted',
        clearance: 'Internal',
        state: 'active',
        created_by: 'mbr_test',
        ...touched,
        ...over,
      });
      const credential = await insert('credentials', {
        id: newId('crd'),
        ...own,
        agent_id: id,
        kind: 'secret',
        secret_hash: 'x',
        created_by: 'mbr_test',
      });
      return { id, credential };
    },
    role: async (...agents) => {
      const id = newId('rol');
      await insert('roles', { id, ...own, name: id, ...touched });
      for (const agent of agents) {
        await insert('agent_roles', {
          ...own,
          agent_id: agent,
          role_id: id,
          granted_by: 'mbr_test',
        });
      }
      return id;
    },
    tool: (baseUrl, over = {}) =>
      insert('tools', {
        id: newId('tol'),
        ...own,
        name: newId('tool'),
        base_url: baseUrl,
        auth: { type: 'none' },
        timeout_ms: 2_000,
        ...touched,
        ...over,
      }),
    secret: async (value) => {
      const { rows } = await owner.query<{ data_key: Buffer }>(
        'SELECT data_key FROM workspaces WHERE id = $1',
        [workspace],
      );
      const id = await insert('secrets', {
        id: newId('sec'),
        ...own,
        name: newId('secret'),
        rotator: { kind: 'manual' },
        created_by: 'mbr_test',
        ...touched,
      });
      const version = newId('sev');
      const key = unwrapDataKey(rows[0]?.data_key ?? Buffer.alloc(0), workspace);
      await insert('secret_versions', {
        id: version,
        ...own,
        secret_id: id,
        version: 1,
        state: 'current',
        ciphertext: Buffer.from(seal(key, value, version)),
      });
      return { id, version };
    },
    actionType: (tool, over = {}) =>
      insert('action_types', {
        id: newId('aty'),
        ...own,
        tool_id: tool,
        key: 'refunds.create',
        title: 'Refund an order',
        parameters: {
          type: 'object',
          additionalProperties: false,
          required: ['order_id'],
          properties: {
            order_id: { type: 'string' },
            amount: { type: 'number' },
            customer_id: { type: 'string' },
          },
        },
        effects: ['write'],
        reversibility: 'reversible',
        classification: 'Internal',
        method: 'POST',
        path_template: '/orders/{order_id}/refunds',
        sentence: 'Refund {amount} for order {order_id}',
        ...touched,
        ...over,
      }),
    permission: (role, type, over = {}) =>
      insert('permissions', {
        id: newId('prm'),
        ...own,
        role_id: role,
        action_type_id: type,
        tier: 1,
        created_by: 'mbr_test',
        updated_by: 'mbr_test',
        ...touched,
        ...over,
      }),
    actions: async () =>
      (await owner.query('SELECT * FROM actions WHERE workspace_id = $1 ORDER BY id', [workspace]))
        .rows,
    events: () => eventsOf(workspace),
    close: () => owner.end(),
  };
}

export interface Reply {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
}

/** An agent's side of HTTP, with a token that the real issuer signed. */
export function clientOf(
  url: string,
  world: Pick<World, 'workspace'>,
  agent: { id: string; credential: string },
) {
  const { token, jti, expiresAt } = issueAccessToken(url, {
    workspace: world.workspace,
    agentId: agent.id,
    credentialId: agent.credential,
  });
  const send = async (
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
    signal?: AbortSignal,
  ): Promise<Reply> => {
    const response = await fetch(`${url}${path}`, {
      method,
      ...(signal ? { signal } : {}),
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined
        ? {}
        : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text ? JSON.parse(text) : {},
    };
  };
  return {
    send,
    token,
    jti,
    expiresAt,
    session: async (attributes: Record<string, unknown> = {}): Promise<string> => {
      const reply = await send('POST', '/v1/sessions', {
        initiator: { type: 'customer', id: 'cus_1' },
        auth_context: { method: 'password' },
        attributes,
      });
      if (reply.status !== 201) throw new Error(JSON.stringify(reply.body));
      return String(reply.body['id']);
    },
    propose: (
      session: string,
      parameters: Record<string, unknown>,
      over: Record<string, unknown> = {},
      key = newId('key'),
      signal?: AbortSignal,
    ) =>
      send(
        'POST',
        '/v1/actions',
        {
          session,
          action: 'refunds.create',
          parameters,
          summary: 'Refund the order',
          why: 'It came broken',
          ...over,
        },
        { 'idempotency-key': key },
        signal,
      ),
  };
}
