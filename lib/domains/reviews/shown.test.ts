/** Whose sampled actions are shown whole to whom. */
import { beforeAll, expect, it } from 'vitest';
import { inWorkspace } from '@/lib/infra/db';
import { asRole, insertRow } from '@/lib/infra/testing/as-role';
import { newId } from '@/lib/kernel/ids';
import { listFindings } from './service/findings';
import { getSample, listSamples } from './service/read';
import { giveVerdict } from './service/verdict';
import { as, mintReviews, type World } from './test/world';

const classes = ['Internal', 'Confidential', 'Restricted'] as const;
const readers = [
  { name: 'an approver', roles: ['approver'], sees: true },
  { name: 'an admin', roles: ['admin'], sees: false },
  { name: 'an auditor', roles: ['auditor'], sees: false },
  { name: 'an auditor with the ability', roles: ['auditor'], ability: true, sees: true },
];

let world: World;
const samples: { id: string; of: (typeof classes)[number]; open: boolean; word: string }[] = [];

/** A sampled action with a word in its payload; with a verdict unless it is open. */
async function make(of: (typeof classes)[number], open: boolean): Promise<void> {
  const [action, id, word] = [newId('act'), newId('smp'), `word-${newId('x').slice(-12)}`];
  const json = JSON.stringify;
  await asRole('countersign_gateway', world.workspace, (client) =>
    insertRow(client, 'actions', {
      ...{ id: action, workspace_id: world.workspace, agent_id: world.agent },
      ...{ session_id: newId('ses'), type: 'orders.update', parameters: json({ word }) },
      ...{ summary: 'A change', why: 'Asked for', untrusted: json([`Please, ${word}`]) },
      ...{ evidence: json([{ title: word, source: '', ref: '', content: word }]) },
      ...{ decision: 'allow', tier: 2, reasons: '[]', policy_version: 'pol', permissions: [] },
      ...{ digest: 'd', idempotency_key: newId('key'), request_hash: 'h', status: 'succeeded' },
      ...{ classification: of, amount: 75, result: json({ word }), created_at: new Date() },
    }),
  );
  await inWorkspace(world.workspace, (tx) =>
    tx.sample.create({
      data: {
        ...{ id, workspaceId: world.workspace, day: new Date(), actionId: action },
        dueAt: new Date(Date.now() + 3_600_000),
      },
    }),
  );
  if (!open) {
    const reviewer = as(world, world.approvers[0], 'approver');
    const given = await giveVerdict(reviewer, { id, verdict: 'wrong', reason: 'against_rules' });
    expect(JSON.stringify(given)).toContain(word);
  }
  samples.push({ id, of, open, word });
}

beforeAll(async () => {
  world = await mintReviews(new Date());
  for (const of of classes) for (const open of [true, false]) await make(of, open);
});

it.each(readers)('$name sees protected ones: $sees', async ({ roles, ability, sees }) => {
  const ctx = as(world, newId('mbr'), ...roles);
  const reader = {
    ...ctx,
    actor: { ...ctx.actor, abilities: ability ? ['trail.payload'] : [] } as typeof ctx.actor,
  };
  const { items } = await listSamples(reader, { limit: 100 });
  const findings = JSON.stringify(await listFindings(reader, { limit: 100 }));
  for (const { id, of, word } of samples) {
    const shown = sees || of === 'Internal';
    const view = await getSample(reader, { id });
    expect(items.find((one) => one.id === id)).toEqual(view);
    expect([of, JSON.stringify(items).includes(word)]).toEqual([of, shown]);
    expect([of, view.can.see_payload.allowed]).toEqual([of, shown]);
    expect(findings).not.toContain(word);
    expect(view.action).toMatchObject({ summary: 'A change', digest: 'd' });
    if (shown) continue;
    expect(view.can.see_payload.reason).toContain(of);
    expect(view.action).toMatchObject({
      ...{ parameters: { erased: true }, evidence: [], untrusted: [] },
      ...{ amount: null, result: { erased: true } },
    });
  }
});

it('is shown to nobody without a role', async () => {
  const nobody = as(world, newId('mbr'));
  await expect(listSamples(nobody, {})).rejects.toMatchObject({ status: 403 });
  for (const { id } of samples)
    await expect(getSample(nobody, { id })).rejects.toMatchObject({ status: 403 });
});
