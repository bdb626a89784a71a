import type { Tx } from '@/lib/infra/db';
import { credentialsById } from '@/lib/domains/identity/server';
import { secretNames } from '../repo';

/** What people know a credential by: its agent, and its label or kind. */
export function credentialName(row: {
  agent: { name: string };
  label: string;
  kind: string;
}): string {
  const kind = row.kind === 'secret' ? 'client secret' : 'key pair';
  return `${row.agent.name}: ${row.label || kind}`;
}

/** Names of what rotations are about, by id. */
export async function subjectNames(
  tx: Tx,
  rows: readonly { subjectType: string; subjectId: string }[],
): Promise<Map<string, string>> {
  const idsOf = (type: string) =>
    rows.filter((row) => row.subjectType === type).map((row) => row.subjectId);
  const names = await secretNames(tx, idsOf('secret'));
  for (const row of await credentialsById(tx, idsOf('credential'))) {
    names.set(row.id, credentialName(row));
  }
  return names;
}
