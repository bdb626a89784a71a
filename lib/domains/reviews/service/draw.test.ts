import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { drainOutbox } from '@/lib/domains/trail/server';
import { closeDb, inWorkspace } from '@/lib/infra/db';
import { asRole } from '@/lib/infra/testing/as-role';
import { logger } from '@/lib/infra/logger';
import { eventsOf, type Said } from '@/lib/infra/testing/events';
import { clock } from '@/lib/kernel/clock';
import { newId } from '@/lib/kernel/ids';
import { dayBefore, dayOf } from '../day';
import { reviewsJobs } from '../jobs';
import { asDate } from '../repo';
import { SAMPLE_DRAWN } from '../sampling/population';
import { verifySample } from '../sampling/verify';
import { as, exported, mintReviews, ran, sampled, type World, ZONE } from '../test/world';
import { assignOpen } from './assign';
import { drawByHand } from './by-hand';
import { closeDays } from './close';
import { drawDays, keepDrawn, planDraw } from './draw';
import { missedDays } from './missed';
import { updateReviewSettings } from './settings';
import { giveVerdict } from './verdict';

const DAY = '2026-11-20';
const NEXT = '2026-11-21';
const at = (time: string) => new Date(`${time}.000Z`);
/** Just after the day's end in Berlin. */
const afterDay = at('2026-11-20T23:10:00');

let now = afterDay;
beforeAll(() => {
  vi.spyOn(clock, 'now').mockImplementation(() => now);
});
afterAll(closeDb);

/** A closed day of three strata that a checkpoint covers. */
async function closedDay(): Promise<World> {
  now = afterDay;
  const world = await mintReviews(now);
  await updateReviewSettings(as(world, world.admin, 'admin'), {
    ...{ size: { by: 'fixed', count: 9 }, minimum: 1, twice: 0.3 },
  });
  await ran(
    world,
    Array.from({ length: 30 }, (_, n) => ({ at: at('2026-11-20T08:00:00'), band: `1e${n % 3}` })),
  );
  expect(await closeDays(world.job)).toEqual([DAY]);
  await drainOutbox();
  return world;
}

async function planOf(world: World) {
  const row = await inWorkspace(world.workspace, (tx) =>
    tx.sampleDay.findFirst({ where: { day: asDate(DAY) } }),
  );
  const plan = row && (await planDraw(world.workspace, row));
  if (!plan) throw new Error('nothing can be drawn yet');
  return plan;
}

/** So many more actions like the one that is there. */
function like(world: World, many: number): Promise<unknown> {
  return asRole('countersign_gateway', world.workspace, (client) =>
    client.query(
      `INSERT INTO actions SELECT (jsonb_populate_record(a, jsonb_build_object(
         'id', 'act_' || gen_random_uuid(), 'idempotency_key', n))).*
       FROM actions a, generate_series(1, $1) n`,
      [many],
    ),
  );
}

const samplesOf = (world: World) =>
  inWorkspace(world.workspace, (tx) => tx.sample.findMany({ include: { reviews: true } }));

describe('a draw that was stopped on the way', () => {
  it('goes on where it stopped, with the same sample, and is said once', async () => {
    const world = await closedDay();
    const plan = await planOf(world);
    const { actions, strata } = plan.data;
    const part = { ...plan.data, actions: actions.slice(0, 4), strata: strata.slice(0, 2) };
    await keepDrawn(world.workspace, asDate(DAY), { ...plan, data: part });
    const begun = await samplesOf(world);
    expect(new Set(begun.map(({ actionId }) => actionId))).toEqual(new Set(part.actions));
    // Somebody draws by hand meanwhile, among them what is to come.
    await drawByHand(as(world, world.admin, 'admin'), { day: DAY, size: 20 });

    expect((await planOf(world)).data).toEqual(plan.data);
    await Promise.all([drawDays(world.job), drawDays(world.job)]);
    const daily = (await samplesOf(world)).filter(({ origin }) => origin === 'daily');
    expect(daily.map(({ actionId }) => actionId).toSorted()).toEqual(actions.toSorted());
    const ids = new Set(daily.map(({ id }) => id));
    expect(begun.every(({ id }) => ids.has(id))).toBe(true);
    expect(daily.every((row) => row.reviews.length === row.wanted)).toBe(true);
    const kept = await inWorkspace(world.workspace, (tx) =>
      tx.sampleStratum.findMany({ orderBy: { stratum: 'asc' } }),
    );
    expect(kept.map(({ band, drawn, size }) => ({ band, drawn, size }))).toEqual(
      strata.map(({ band, drawn, size }) => ({ band, drawn, size })),
    );
    const said = (await eventsOf<Said & { data: { origin: string } }>(world.workspace)).filter(
      ({ data, type }) => type === SAMPLE_DRAWN && data.origin === 'daily',
    );
    expect(said.map(({ data }) => data)).toEqual([plan.data]);

    const file = await exported(world);
    const source = {
      size: file.length,
      read: async (start: number, end: number) => file.subarray(start, end),
    };
    expect(await verifySample(source, { day: DAY })).toMatchObject({ verdict: 'verified' });
  });
});

describe('a draw by hand before the daily one', () => {
  it('takes no second review from it, whatever the first has said', async () => {
    const world = await closedDay();
    const plan = await planOf(world);
    await drawByHand(as(world, world.admin, 'admin'), { day: DAY, size: 30 });
    const twice = new Set(plan.data.actions.slice(0, plan.data.twice));
    expect(twice.size).toBeGreaterThan(0);
    const verdictOf = (id: string, by: string, verdict: string) =>
      giveVerdict(as(world, by, 'approver'), {
        ...{ id, verdict, note: 'Seen.' },
        ...(verdict === 'wrong' ? { reason: 'wrong_target' } : {}),
      });
    const [first, second] = world.approvers;
    const drawn = (await samplesOf(world)).filter(({ actionId }) =>
      plan.data.actions.includes(actionId),
    );
    for (const { id } of drawn) await verdictOf(id, first, 'wrong');
    await keepDrawn(world.workspace, asDate(DAY), { ...plan, late: new Set(plan.data.actions) });
    await drawDays(world.job);

    const daily = (await samplesOf(world)).filter(({ origin }) => origin === 'daily');
    expect(daily.map(({ actionId }) => actionId).toSorted()).toEqual(plan.data.actions.toSorted());
    for (const row of daily) {
      const pair = twice.has(row.actionId);
      expect(row).toMatchObject({ wanted: pair ? 2 : 1, late: true });
      expect(row).toMatchObject({ verdict: pair ? null : 'wrong' });
      expect(row.reviews).toHaveLength(row.wanted);
    }
    // The finding of the first stands, and the pair ends with the second.
    const [open] = daily.filter(({ wanted }) => wanted === 2);
    await expect(verdictOf(open?.id ?? '', first, 'correct')).rejects.toThrow('someone else');
    const ended = await verdictOf(open?.id ?? '', second, 'correct');
    expect(ended).toMatchObject({ verdict: 'wrong', given: 2, finding: { status: 'open' } });
    await drawDays(world.job);
    expect((await samplesOf(world)).find(({ id }) => id === open?.id)?.verdict).toBe('wrong');
  });
});

describe('a day that cannot be drawn', () => {
  it('keeps nothing else from being done, and is seen', async () => {
    const world = await closedDay();
    await inWorkspace(world.workspace, (tx) =>
      tx.sampleDay.updateMany({ where: { day: asDate(DAY) }, data: { setting: {} } }),
    );
    const overdue = await sampled(world, { dueAt: at('2026-11-21T12:00:00') });
    now = at('2026-11-21T23:10:00');
    const [job] = reviewsJobs;
    await expect(job?.perform(world.workspace, {})).rejects.toThrow('drawDays failed');
    const { days, sample } = await inWorkspace(world.workspace, async (tx) => ({
      days: await tx.sampleDay.findMany({ orderBy: { day: 'asc' } }),
      sample: await tx.sample.findUnique({ where: { id: overdue } }),
    }));
    expect(days.map(({ closedBy, drawnAt }) => [closedBy !== null, drawnAt])).toEqual([
      [true, null],
      [true, null],
    ]);
    expect(sample?.escalatedAt).toEqual(now);
  });
});

describe('a day that fails or waits', () => {
  it('keeps no later one, which has what is its own, and is warned of after a day', async () => {
    const warned = vi.spyOn(logger, 'warn');
    const ofDay = () =>
      warned.mock.calls.filter(
        ([about]) => (about as { workspace?: string } | undefined)?.workspace === world.workspace,
      );
    const world = await closedDay();
    const setting = (data: object) =>
      inWorkspace(world.workspace, (tx) =>
        tx.sampleDay.updateMany({ where: { day: asDate(DAY) }, data }),
      );
    const [kept] = await inWorkspace(world.workspace, (tx) => tx.sampleDay.findMany());
    await setting({ setting: {} });
    const own = await ran(world, [
      { at: at('2026-11-21T08:00:00') },
      { at: at('2026-11-21T09:00:00') },
    ]);
    now = at('2026-11-21T23:05:00');
    expect(await closeDays(world.job)).toEqual([NEXT]);
    await drainOutbox();
    await expect(drawDays(world.job)).rejects.toThrow(`no draw from ${DAY}`);
    expect((await samplesOf(world)).map(({ actionId }) => actionId).toSorted()).toEqual(
      own.toSorted(),
    );
    expect(ofDay()).toEqual([]);

    // In time it is known to wait for longer than a checkpoint takes.
    now = at('2026-11-21T23:20:00');
    await expect(drawDays(world.job)).rejects.toThrow(`no draw from ${DAY}`);
    expect(ofDay()).toEqual([
      [{ workspace: world.workspace, day: DAY }, 'reviews: a day waits to be drawn from'],
    ]);

    await setting({ setting: kept?.setting ?? {} });
    expect(await drawDays(world.job)).toEqual([DAY]);
    expect(await samplesOf(world)).toHaveLength(11);
    const file = await exported(world);
    const source = {
      size: file.length,
      read: async (start: number, end: number) => file.subarray(start, end),
    };
    for (const day of [DAY, NEXT]) {
      const report = await verifySample(source, { day });
      expect(report).toMatchObject({ verdict: 'verified', problems: [] });
    }
  });

  it('has no draw while the closing of the day before is not in the log', async () => {
    const world = await closedDay();
    await inWorkspace(world.workspace, (tx) =>
      tx.sampleDay.updateMany({ where: { day: asDate(DAY) }, data: { closedBy: newId('evt') } }),
    );
    await ran(world, [{ at: at('2026-11-21T08:00:00') }]);
    now = at('2026-11-21T23:05:00');
    expect(await closeDays(world.job)).toEqual([NEXT]);
    await drainOutbox();
    expect(await drawDays(world.job)).toEqual([]);
    expect(await samplesOf(world)).toEqual([]);
  });
});

describe('a clock that is ahead', () => {
  it('closes no day before the database says that it is over', async () => {
    const real = new Date();
    const world = await mintReviews(real);
    now = new Date(real.getTime() + 40 * 86_400_000);
    const yesterday = dayBefore(dayOf(real, ZONE));
    expect(await closeDays(world.job)).toEqual([yesterday]);
    expect(await closeDays(world.job)).toEqual([]);
  });

  it('is seen by the day that it closed before, of which nothing comes', async () => {
    const world = await closedDay();
    const missed = (at: Date) => inWorkspace(world.workspace, (tx) => missedDays(tx, at));
    expect(await missed(now)).toEqual([]);
    const to = new Date(now.getTime() + 20 * 86_400_000);
    await inWorkspace(world.workspace, (tx) => tx.sampleDay.updateMany({ data: { to } }));
    expect(await missed(now)).toEqual([{ day: DAY, why: expect.stringContaining('lasts until') }]);
  });
});

describe('more open samples than one transaction assigns', () => {
  it('are spread evenly over who may', async () => {
    const world = await mintReviews(now);
    const first = await sampled(world);
    await like(world, 1_499);
    const { workspace } = world;
    await inWorkspace(
      workspace,
      (tx) => tx.$executeRaw`
        INSERT INTO samples (id, workspace_id, day, action_id, due_at)
        SELECT 'smp_' || a.id, a.workspace_id, s.day, a.id, s.due_at
        FROM actions a, samples s WHERE s.id = ${first} AND a.id <> s.action_id`,
    );
    await assignOpen(workspace);
    const reviews = (await samplesOf(world)).flatMap((row) => row.reviews);
    expect(reviews).toHaveLength(1_500);
    expect(
      world.approvers.map((id) => reviews.filter((one) => one.assignedTo === id).length),
    ).toEqual([500, 500, 500]);
  });
});
