import { randomSecret, sha256Hex } from '@/lib/infra/crypto';
import { newId } from '@/lib/kernel/ids';
import type { World } from './world';

/** A personal access token of a member of the workspace. */
export async function tokenOf(
  world: World,
  scopes: readonly string[] = ['authzen'],
  over: Record<string, unknown> = {},
  roles: readonly string[] = ['auditor'],
): Promise<string> {
  const token = `cst_pat_${randomSecret()}`;
  const member = newId('mbr');
  const own = { workspace_id: world.workspace };
  const email = `${member}@example.test`;
  await world.insert('members', {
    id: member,
    ...own,
    email,
    name: 'Enforcer',
    roles,
    updated_at: new Date(),
  });
  await world.insert('access_tokens', {
    id: newId('pat'),
    ...own,
    member_id: member,
    name: 'a point of enforcement',
    token_hash: sha256Hex(token),
    scopes,
    expires_at: new Date(Date.now() + 600_000),
    ...over,
  });
  return token;
}
