import pg from 'pg';
import { ownerUrl } from '@/lib/infra/db-roles';
import { inTenant, type Pool } from '@/lib/infra/pg';
import { eventsOf as everythingSaid, type Said } from '@/lib/infra/testing/events';
import type { World } from '@/lib/infra/testing/world';
import type { Context } from '@/lib/kernel/context';
import { openSecretVersion } from '../seal';

export function as(role: 'admin' | 'auditor', world: World): Context {
  const id = world[role];
  return {
    workspace: world.workspace,
    requestId: 'req_test',
    actor: {
      type: 'member',
      id,
      name: role,
      roles: [role],
      abilities: [],
      method: 'password',
      authenticatedAt: 0,
    },
  };
}

/** The value a tool would be called with now, read as the gateway's own role. */
export function currentValue(pool: Pool, workspace: string, secretId: string): Promise<string> {
  return inTenant(pool, workspace, async (client) => {
    const { rows } = await client.query<{ id: string; ciphertext: Buffer; data_key: Buffer }>(
      `SELECT v.id, v.ciphertext, w.data_key FROM secret_versions v, workspaces w
       WHERE v.secret_id = $1 AND v.state = 'current'`,
      [secretId],
    );
    const [row] = rows;
    if (!row || rows.length !== 1) throw new Error(`${rows.length} current versions`);
    return openSecretVersion(row.data_key, workspace, row);
  });
}

/** Everything the database holds of a workspace as text, with what its trail will say. */
export async function everythingWritten(workspace: string): Promise<string> {
  const owner = new pg.Client({ connectionString: ownerUrl('control') });
  await owner.connect();
  try {
    const parts: string[] = [];
    for (const table of ['outbox', 'secrets', 'secret_versions', 'rotations', 'credentials']) {
      const { rows } = await owner.query<{ text: string }>(
        `SELECT to_jsonb(t)::text AS text FROM ${table} t WHERE workspace_id = $1`,
        [workspace],
      );
      parts.push(...rows.map((row) => row.text));
    }
    return parts.join('\n');
  } finally {
    await owner.end();
  }
}

/** Types of the events about one object, oldest first. */
export async function eventsOf(workspace: string, id: string): Promise<string[]> {
  const said = await everythingSaid<Said & { object?: { id: string } }>(workspace);
  return said.filter(({ object }) => object?.id === id).map(({ type }) => type);
}
