/** One workspace with an agent that may do one tier-1 action. */
import type pg from 'pg';
import { issueAccessToken } from '@/lib/domains/identity/server';
import { newDataKey } from '@/lib/infra/crypto';
import { newId } from '@/lib/kernel/ids';

export interface Seed {
  workspace: string;
  token: string;
}

export async function seed(owner: pg.Pool, toolUrl: string, issuer: string): Promise<Seed> {
  const id = (prefix: string) => newId(prefix);
  const [workspace, agent, credential, role, tool, type] = [
    id('ws'),
    id('agt'),
    id('crd'),
    id('rol'),
    id('tol'),
    id('aty'),
  ];
  const parameters = {
    type: 'object',
    required: ['order_id', 'amount', 'currency'],
    additionalProperties: false,
    properties: {
      order_id: { type: 'string' },
      amount: { type: 'number' },
      currency: { type: 'string' },
    },
  };
  const ladder = { parameter: 'amount', autonomous: 100, supervised: 300, gated: 500 };
  const statements: [string, unknown[]][] = [
    [
      'INSERT INTO workspaces (id, name, data_key, updated_at) VALUES ($1, $1, $2, now())',
      [workspace, Buffer.from(newDataKey(workspace))],
    ],
    [
      `INSERT INTO agents (id, workspace_id, name, purpose, environment, model, clearance, state, created_by, updated_at)
      VALUES ($1, $2, 'bench', 'bench', 'production', 'none', 'Internal', 'active', 'bench', now())`,
      [agent, workspace],
    ],
    [
      `INSERT INTO credentials (id, workspace_id, agent_id, kind, created_by) VALUES ($1, $2, $3, 'secret', 'bench')`,
      [credential, workspace, agent],
    ],
    [
      `INSERT INTO roles (id, workspace_id, name, updated_at) VALUES ($1, $2, 'bench', now())`,
      [role, workspace],
    ],
    [
      `INSERT INTO agent_roles (workspace_id, agent_id, role_id, granted_by) VALUES ($1, $2, $3, 'bench')`,
      [workspace, agent, role],
    ],
    [
      `INSERT INTO tools (id, workspace_id, name, base_url, auth, updated_at) VALUES ($1, $2, 'bench', $3, '{"type":"none"}', now())`,
      [tool, workspace, toolUrl],
    ],
    [
      `INSERT INTO action_types (id, workspace_id, key, tool_id, title, parameters, effects, reversibility, classification, method, path_template, updated_at)
      VALUES ($1, $2, 'refunds.create', $3, 'Refund', $4, '{write}', 'reversible', 'Internal', 'POST', '/orders/{order_id}/refunds', now())`,
      [type, workspace, tool, JSON.stringify(parameters)],
    ],
    [
      `INSERT INTO permissions (id, workspace_id, role_id, action_type_id, ladder, created_by, updated_by, updated_at)
      VALUES ($1, $2, $3, $4, $5, 'bench', 'bench', now())`,
      [id('prm'), workspace, role, type, JSON.stringify(ladder)],
    ],
    [
      `CREATE TABLE bench_baseline (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, key text NOT NULL,
        action text NOT NULL, body jsonb NOT NULL, created_at timestamptz NOT NULL DEFAULT now())`,
      [],
    ],
  ];
  for (const [text, values] of statements) await owner.query(text, values);
  const { token } = issueAccessToken(issuer, {
    workspace,
    agentId: agent,
    credentialId: credential,
  });
  return { workspace, token };
}
