import { afterAll, describe, expect, it } from 'vitest';
import { closeDb, inWorkspace } from '@/lib/infra/db';
import { eventsOf, type Said } from '@/lib/infra/testing/events';
import { newId } from '@/lib/kernel/ids';
import type { Sample } from '../schema';
import { as, mintReviews, ran, type World } from '../test/world';
import { reviewBrokenGlass } from './broken-glass';
import { escalateOverdue } from './escalate';
import { getSample, listSamples } from './read';
import { giveVerdict } from './verdict';

const now = new Date();
afterAll(closeDb);

const approver = (world: World, n: 0 | 1 | 2) => as(world, world.approvers[n], 'approver');

/** An action that ran because an approver broke the glass for it. */
async function brokeGlass(world: World, by: string, status = 'succeeded'): Promise<string> {
  const [actionId = ''] = await ran(world, [{ at: now, tier: 3 }], false);
  const own = { workspaceId: world.workspace, actionId };
  const digests = { digest: 'd', displayDigest: 'd' };
  await inWorkspace(world.workspace, async (tx) => {
    await tx.action.update({ where: { id: actionId }, data: { status } });
    await tx.approval.create({
      data: {
        ...{ ...own, display: {}, displayDigest: 'd', requestedAt: now, expiresAt: now },
        ...{ decision: 'approved', decidedBy: by, decidedAt: now, brokeGlass: true },
      },
    });
    await tx.approvalSignature.create({
      data: {
        ...{ ...own, ...digests, id: newId('sgn'), memberId: by, inPlaceOf: by },
        ...{ decision: 'approved', places: [], authMethod: 'password', signedAt: now },
      },
    });
  });
  return actionId;
}

describe('a broken glass', () => {
  it('is always reviewed, once, by somebody other than who broke it', async () => {
    const world = await mintReviews(now);
    const action = await brokeGlass(world, world.approvers[0]);
    await Promise.all([reviewBrokenGlass(world.job), reviewBrokenGlass(world.job)]);
    expect(await reviewBrokenGlass(world.job)).toBe(0);
    await escalateOverdue(world.job);
    const { items } = (await listSamples(approver(world, 1), { open: 'true' })) as {
      items: Sample[];
    };
    expect(items.map(({ action: one, origin }) => [one.id, origin])).toEqual([
      [action, 'break_glass'],
    ]);
    expect(items[0]?.assigned_to.map(({ id }) => id)).not.toContain(world.approvers[0]);
    const required = (await eventsOf<Said>(world.workspace)).filter(
      ({ type }) => type === 'review.required',
    );
    expect(required).toHaveLength(1);
    const id = items[0]?.id ?? '';
    const own = giveVerdict(approver(world, 0), { id, verdict: 'correct' });
    await expect(own).rejects.toMatchObject({ status: 403 });
    expect(await getSample(approver(world, 1), { id })).toMatchObject({ verdict: null });
    expect(await giveVerdict(approver(world, 2), { id, verdict: 'correct' })).toMatchObject({
      verdict: 'correct',
    });
  });

  it('is reviewed too where another gateway was permitted to run it, and not while it waits', async () => {
    const world = await mintReviews(now);
    await brokeGlass(world, world.approvers[0], 'approved');
    const action = await brokeGlass(world, world.approvers[0], 'permitted');
    expect(await reviewBrokenGlass(world.job)).toBe(1);
    const { items } = (await listSamples(approver(world, 1), { open: 'true' })) as {
      items: Sample[];
    };
    expect(items.map(({ action: one, origin }) => [one.id, one.status, origin])).toEqual([
      [action, 'permitted', 'break_glass'],
    ]);
  });
});
