import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { drainOutbox } from '@/lib/domains/trail/server';
import { closeDb, inWorkspace } from '@/lib/infra/db';
import { canonicalJson, digest } from '@/lib/kernel/canonical';
import { clock } from '@/lib/kernel/clock';
import { asDate } from '../repo';
import { closeDays } from '../service/close';
import { drawDays, planDraw } from '../service/draw';
import { updateReviewSettings } from '../service/settings';
import { as, exported, mintReviews, ran, say, type World } from '../test/world';
import { SAMPLE_DRAWN } from './population';
import { verifySample } from './verify';

let now = new Date('2026-11-01T23:30:00.000Z');
beforeAll(() => {
  vi.spyOn(clock, 'now').mockImplementation(() => now);
});
afterAll(closeDb);

let world: World;
beforeAll(async () => {
  world = await mintReviews(now);
  await updateReviewSettings(as(world, world.admin, 'admin'), {
    ...{ size: { by: 'fixed', count: 1 }, minimum: 1, twice: 0.1 },
  });
});

/** A closed day of so many strata of one action each, so that all are drawn; gives what an honest draw says. */
async function closed(day: string, strata: number) {
  await ran(
    world,
    Array.from({ length: strata }, (_, n) => ({
      at: new Date(`${day}T08:00:00.000Z`),
      band: `1e${n}`,
    })),
  );
  now = new Date(`${day}T23:30:00.000Z`);
  await closeDays(world.job);
  await drainOutbox();
  const row = await inWorkspace(world.workspace, (tx) =>
    tx.sampleDay.findFirst({ where: { day: asDate(day) } }),
  );
  const plan = row && (await planDraw(world.workspace, row));
  if (!plan) throw new Error('nothing can be drawn yet');
  return plan.data;
}

async function check(day: string) {
  const file = await exported(world);
  const line = file
    .toString()
    .split('\n')
    .find((one) => one.includes(SAMPLE_DRAWN) && one.includes(`"day":"${day}"`));
  const { event } = JSON.parse(line ?? '{}') as { event: { data: Record<string, unknown> } };
  const source = {
    size: file.length,
    read: async (start: number, end: number) => file.subarray(start, end),
  };
  return { recorded: event.data, report: await verifySample(source, { day }) };
}

const omitted = (value: unknown) => ({
  omitted: `${Buffer.byteLength(canonicalJson(value))} bytes`,
  digest: digest(value),
});

describe('a draw whose event is too long for an entry of the log', () => {
  it.each([
    ['its strata', '2026-11-02', 600, ['strata']],
    ['its strata and its ids', '2026-11-03', 1_950, ['strata', 'actions']],
  ] as const)('is recomputed where %s are there by their digest', async (_, day, size, without) => {
    const honest = await closed(day, size);
    expect(await drawDays(world.job)).toEqual([day]);
    const { recorded, report } = await check(day);
    expect(recorded).toEqual({
      ...honest,
      ...Object.fromEntries(without.map((name) => [name, omitted(honest[name])])),
    });
    expect(report).toMatchObject({ verdict: 'verified', problems: [] });
    expect(report.proved.join('\n')).toContain(
      `the ${size} actions drawn are, one by one and in order, those that the seed chooses from ${size} strata`,
    );
  });

  it.each([
    [
      'other strata',
      '2026-11-04',
      ({ strata }) => ({ strata: omitted(strata.slice(1)) }),
      /^The strata are not those of the population/,
    ],
    [
      'another order',
      '2026-11-05',
      ({ actions }) => ({ actions: omitted(actions.toReversed()) }),
      /^The sample is another than was drawn: recorded sha256:\w+, computed sha256:\w+\.$/,
    ],
    [
      'no digest',
      '2026-11-06',
      ({ actions }) => ({ actions: { omitted: omitted(actions).omitted } }),
      /^The event of the draw from 2026-11-06 is malformed\.$/,
    ],
  ] as [string, string, (honest: Awaited<ReturnType<typeof closed>>) => object, RegExp][])(
    'is found out with %s',
    async (_, day, change, expected) => {
      const honest = await closed(day, 5);
      const data = { ...honest, ...change(honest) };
      await say(world, [{ type: SAMPLE_DRAWN, time: now.toISOString(), data }]);
      await inWorkspace(world.workspace, (tx) =>
        tx.sampleDay.updateMany({
          where: { day: asDate(day) },
          data: { closedIndex: honest.closed.index, drawnAt: now },
        }),
      );
      const { report } = await check(day);
      expect(report.verdict).toBe('failed');
      expect(report.problems.map(({ message }) => message)).toContainEqual(
        expect.stringMatching(expected),
      );
    },
  );
});
