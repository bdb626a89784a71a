import {
  type CredentialRow,
  liveCredentials,
  mayRotateCredential,
} from '@/lib/domains/identity/server';
import { readSettings } from '@/lib/domains/workspaces/server';
import type { Tx } from '@/lib/infra/db';
import type { Actor } from '@/lib/kernel/actor';
import { query } from '@/lib/kernel/verb';
import { z } from 'zod';
import { dueAt } from '../due';
import { mayRead, mayRotate } from '../policy';
import { openRotations, type RotationRow, type SecretRow, secretsInUse } from '../repo';
import { type DueItem, type DueList, dueList, rotator as rotatorSchema } from '../schema';
import { credentialName } from './names';

/** Every secret and credential in use with its age against policy, the most urgent first. */
export async function readDue(tx: Tx, actor: Actor): Promise<DueList> {
  const { secretMaxAgeDays, credentialMaxAgeDays } = await readSettings(tx);
  const open = await openRotations(tx);
  const secrets = await secretsInUse(tx);
  const credentials = await liveCredentials(tx);
  const items = [
    ...secrets.map((row) => ofSecret(row, open.get(row.id), secretMaxAgeDays, actor)),
    ...credentials.map((row) => ofCredential(row, open.get(row.id), credentialMaxAgeDays, actor)),
  ];
  items.sort((a, b) => a.dueAt.localeCompare(b.dueAt));
  return { items, secretMaxAgeDays, credentialMaxAgeDays };
}

export const listDue = query({
  name: 'vault.list_due',
  input: z.strictObject({}),
  output: dueList,
  permit: mayRead,
  run: ({ ctx, tx }) => readDue(tx, ctx.actor),
});

function ofSecret(
  row: SecretRow,
  rotation: RotationRow | undefined,
  workspaceMax: number,
  actor: Actor,
): DueItem {
  const { kind } = rotatorSchema.parse(row.rotator);
  const since = row.versions[0]?.activatedAt ?? row.createdAt;
  const maxAgeDays = row.rotateEveryDays ?? workspaceMax;
  return {
    subjectType: 'secret',
    id: row.id,
    name: row.name,
    kind,
    agentId: null,
    since: since.toISOString(),
    maxAgeDays,
    dueAt: dueAt(since, maxAgeDays).toISOString(),
    automatic: kind !== 'manual' && row.versions.length > 0,
    rotation: rotation ? { id: rotation.id, step: rotation.step } : null,
    can: { rotate: mayRotate(actor, { state: row.state, rotating: rotation !== undefined }) },
  };
}

function ofCredential(
  row: CredentialRow,
  rotation: RotationRow | undefined,
  workspaceMax: number,
  actor: Actor,
): DueItem {
  const byAge = dueAt(row.createdAt, workspaceMax);
  const due = row.expiresAt && row.expiresAt < byAge ? row.expiresAt : byAge;
  return {
    subjectType: 'credential',
    id: row.id,
    name: credentialName(row),
    kind: row.kind,
    agentId: row.agentId,
    since: row.createdAt.toISOString(),
    maxAgeDays: workspaceMax,
    dueAt: due.toISOString(),
    automatic: row.agent.state === 'active' || row.agent.state === 'probation',
    rotation: rotation ? { id: rotation.id, step: rotation.step } : null,
    can: {
      rotate: mayRotateCredential(actor, { state: row.state, agentState: row.agent.state }),
    },
  };
}
