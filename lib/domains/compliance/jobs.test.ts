import { describe, expect, it } from 'vitest';
import { verifyNowIfDue } from '@/lib/domains/trail/server';
import { memberContext } from '@/lib/domains/trail/test/world';
import { inWorkspace } from '@/lib/infra/db';
import { eventsOf } from '@/lib/infra/testing/events';
import { mintWorld, type World } from '@/lib/infra/testing/world';
import { complianceJobs } from './jobs';
import { startRun } from './service/run';
import { seesActions } from './test/world';

const daily = (world: World) => complianceJobs[0]?.perform(world.workspace, {});

const runsOf = (world: World) =>
  inWorkspace(world.workspace, (tx) => tx.complianceRun.findMany({ include: { results: true } }));

describe('the daily checks', () => {
  it('come after the verification that one of them asks for, though both are due at once', async () => {
    const world = await mintWorld();
    await Promise.all([daily(world), verifyNowIfDue(world.workspace)]);
    const [run, ...more] = await runsOf(world);
    expect(more).toEqual([]);
    expect(run?.results.find(({ check }) => check === 'trail_verified')).toMatchObject({
      status: 'pass',
    });
    const types = (await eventsOf(world.workspace)).map(({ type }) => type);
    expect(types).toContain('trail.verified');
    expect(types.indexOf('compliance.run_finished')).toBeGreaterThan(
      types.indexOf('trail.verified'),
    );
  });

  it('come after it as well where a person asks for them', async () => {
    const world = await mintWorld();
    await startRun(memberContext(world.workspace, 'auditor'), {});
    const [run] = await runsOf(world);
    expect(run?.results.find(({ check }) => check === 'trail_verified')).toMatchObject({
      status: 'pass',
    });
  });

  it('come after the days that a stop left unclosed, which one of them asks for', async () => {
    const world = await mintWorld();
    await inWorkspace(world.workspace, (tx) =>
      tx.workspace.update({
        where: { id: world.workspace },
        data: { createdAt: new Date(Date.now() - 10 * 86_400_000) },
      }),
    );
    await seesActions(world, [{ tier: 2 }]);
    await daily(world);
    const [run] = await runsOf(world);
    expect(run?.results.find(({ check }) => check === 'sample_reviewed')).toMatchObject({
      status: 'pass',
    });
  });

  it('run once a day', async () => {
    const world = await mintWorld();
    await daily(world);
    await daily(world);
    expect(await runsOf(world)).toHaveLength(1);
  });
});
