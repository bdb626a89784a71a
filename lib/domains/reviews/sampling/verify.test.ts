import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { drainOutbox, latestCheckpoint } from '@/lib/domains/trail/server';
import { closeDb, inWorkspace } from '@/lib/infra/db';
import { eventsOf, type Said } from '@/lib/infra/testing/events';
import { mintAgent } from '@/lib/infra/testing/world';
import { clock } from '@/lib/kernel/clock';
import { closeDays } from '../service/close';
import { drawDays, planDraw } from '../service/draw';
import { updateReviewSettings } from '../service/settings';
import { as, ended, exported, mintReviews, ran, say, type World } from '../test/world';
import { choose, seedOf } from './choose';
import type { Drawn } from './drawn';
import { SAMPLE_DRAWN } from './population';
import { verifySample } from './verify';

const DAY = '2026-11-20';
const NEXT = '2026-11-21';
/** Just after the day's end in Berlin, which is an hour ahead of UTC. */
const afterDay = new Date('2026-11-20T23:10:00.000Z');
const afterNext = new Date('2026-11-21T23:10:00.000Z');
const at = (time: string) => new Date(`${time}.000Z`);

let now = afterDay;
beforeAll(() => {
  vi.spyOn(clock, 'now').mockImplementation(() => now);
});
afterAll(closeDb);

const folder = mkdtempSync(path.join(tmpdir(), 'countersign-sample-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A day with several strata, actions of other days and tiers, and one whose outcome comes late. */
async function workspaceWithDay() {
  now = afterDay;
  const world = await mintReviews(now);
  const second = await mintAgent(world);
  await updateReviewSettings(as(world, world.admin, 'admin'), {
    size: { by: 'fixed', count: 8 },
    minimum: 1,
    twice: 0.25,
  });
  const ids = await ran(world, [
    ...Array.from({ length: 20 }, (_, n) => ({
      at: at(`2026-11-20T08:00:${10 + n}`),
      band: '1e1',
    })),
    ...Array.from({ length: 5 }, () => ({ at: at('2026-11-20T09:00:00'), band: '1e2' })),
    { at: at('2026-11-20T09:00:00'), agent: second },
    { at: at('2026-11-20T12:00:00'), agent: second, type: 'orders.cancel' },
    // At 23:30 UTC the day before, it was the day in Berlin already.
    { at: at('2026-11-19T23:30:00') },
  ]);
  const outside = await ran(world, [
    { at: at('2026-11-19T22:59:59') },
    { at: at('2026-11-20T23:00:00') },
    { at: at('2026-11-20T10:00:00'), tier: 1 },
    { at: at('2026-11-20T10:00:00'), tier: 3 },
  ]);
  const late = { at: at('2026-11-20T22:59:00'), ended: null };
  // Decided before the first day that is closed: whenever its outcome comes, it is in no day.
  const before = { at: at('2026-11-19T22:00:00'), ended: null };
  const [waiting = '', never = ''] = await ran(world, [late, before]);
  return { world, ids, outside, waiting, late, never, before };
}

async function drawnOf(world: World, day: string): Promise<Drawn> {
  const events = await eventsOf<Said & { data: Drawn }>(world.workspace);
  const drawn = events.find(({ data, type }) => type === SAMPLE_DRAWN && data.day === day);
  if (!drawn) throw new Error(`nothing was drawn from ${day}`);
  return drawn.data;
}

/** What an honest draw of the day would record, before anybody draws. */
async function honestDraw(world: World, day: string): Promise<Drawn> {
  const row = await inWorkspace(world.workspace, (tx) =>
    tx.sampleDay.findFirst({ where: { day: new Date(`${day}T00:00:00Z`) } }),
  );
  const plan = row && (await planDraw(world.workspace, row));
  if (!plan) throw new Error('nothing can be drawn yet');
  return plan.data;
}

function check(
  bytes: Buffer,
  day = DAY,
  more: { anchors?: { name: string; note: string }[] } = {},
) {
  const source = {
    size: bytes.length,
    read: async (start: number, end: number) => bytes.subarray(start, end),
  };
  return verifySample(source, { day, ...more });
}

describe('the day and its draw', () => {
  it('takes what ran that day, waits for a checkpoint, and takes the late ones the next day', async () => {
    const { world, ids, outside, waiting, late, never, before } = await workspaceWithDay();
    expect(await closeDays(world.job)).toEqual([DAY]);
    expect(await closeDays(world.job)).toEqual([]);
    // The closing is in the outbox: no checkpoint covers it, so there is no seed.
    expect(await drawDays(world.job)).toEqual([]);
    expect(await inWorkspace(world.workspace, (tx) => tx.sample.count())).toBe(0);
    await drainOutbox();
    expect(await drawDays(world.job)).toEqual([DAY]);
    expect(await drawDays(world.job)).toEqual([]);
    const drawn = await drawnOf(world, DAY);
    expect(drawn).toMatchObject({ population: ids.length, late: 0, size: 8, twice: 2 });
    expect(drawn.strata.map((one) => one.size).toSorted((a, b) => b - a)).toEqual([20, 5, 1, 1, 1]);
    expect(drawn.actions.every((action) => ids.includes(action))).toBe(true);
    const kept = await inWorkspace(world.workspace, (tx) =>
      tx.sample.findMany({ include: { reviews: true } }),
    );
    expect(new Set(kept.map((row) => row.actionId))).toEqual(new Set(drawn.actions));
    expect(kept.filter((row) => row.wanted === 2).map((row) => row.actionId)).toEqual(
      expect.arrayContaining(drawn.actions.slice(0, 2)),
    );
    expect(kept.flatMap((row) => row.reviews)).toHaveLength(10);
    // Each knows what it stands for, as the event says it.
    const strata = await inWorkspace(world.workspace, (tx) =>
      tx.sampleStratum.findMany({ orderBy: { stratum: 'asc' } }),
    );
    expect(strata.map(({ drawn: of, size }) => [size, of])).toEqual(
      drawn.strata.map((one) => [one.size, one.drawn]),
    );
    expect(strata.map((one) => kept.filter((row) => row.stratum === one.stratum).length)).toEqual(
      drawn.strata.map((one) => one.drawn),
    );

    // Its outcome comes after the draw: it is of the next day, and said to be late.
    await ended(world, waiting, { ...late, ended: at('2026-11-21T00:05:00') });
    await ended(world, never, { ...before, ended: at('2026-11-21T00:06:00') });
    const [onNext = ''] = await ran(world, [{ at: at('2026-11-21T10:00:00') }]);
    now = afterNext;
    expect(await closeDays(world.job)).toEqual([NEXT]);
    await drainOutbox();
    expect(await drawDays(world.job)).toEqual([NEXT]);
    const next = await drawnOf(world, NEXT);
    expect(next).toMatchObject({ population: 3, late: 1 });
    expect(new Set(next.actions)).toEqual(new Set([waiting, onNext, outside[1]]));
    const rows = await inWorkspace(world.workspace, (tx) =>
      tx.sample.findMany({ where: { late: true } }),
    );
    expect(rows.map((row) => row.actionId)).toEqual([waiting]);

    const file = await exported(world);
    for (const day of [DAY, NEXT]) {
      const report = await check(file, day);
      expect(report).toMatchObject({ verdict: 'verified', problems: [] });
    }
    expect((await check(file, NEXT)).proved.join('\n')).toContain('1 of them late');
  });

  it('closes each day that was missed, so that none has what ran on another', async () => {
    now = new Date('2026-11-18T23:10:00.000Z');
    const world = await mintReviews(now);
    expect(await closeDays(world.job)).toEqual(['2026-11-18']);
    const [one = '', two = ''] = await ran(world, [
      { at: at('2026-11-19T10:00:00') },
      { at: at('2026-11-20T10:00:00') },
    ]);
    now = afterNext;
    expect(await closeDays(world.job)).toEqual(['2026-11-19', DAY, NEXT]);
    await drainOutbox();
    expect(await drawDays(world.job)).toEqual(['2026-11-18', '2026-11-19', DAY, NEXT]);
    expect((await drawnOf(world, '2026-11-19')).actions).toEqual([one]);
    expect((await drawnOf(world, DAY)).actions).toEqual([two]);
    const file = await exported(world);
    for (const day of ['2026-11-18', '2026-11-19', DAY, NEXT]) {
      expect(await check(file, day)).toMatchObject({ verdict: 'verified', problems: [] });
    }
  });
});

describe('verify-sample', () => {
  it('recomputes from the file alone, as a command, and says what it does not prove', async () => {
    const { world } = await workspaceWithDay();
    await closeDays(world.job);
    await drainOutbox();
    await drawDays(world.job);
    writeFileSync(path.join(folder, 'trail.ndjson'), await exported(world));
    const command = path.resolve(import.meta.dirname, '../../../../workers/countersign.mjs');
    const run = (...args: string[]) =>
      promisify(execFile)(process.execPath, [command, 'verify-sample', ...args], {
        cwd: folder,
      }).then(
        ({ stdout }) => ({ code: 0, stdout, stderr: '' }),
        (error: { code: number; stdout: string; stderr: string }) => error,
      );
    const good = await run('trail.ndjson', '--day', DAY);
    expect(good).toMatchObject({ code: 0 });
    expect(good.stdout).toMatch(/^Verified: trail\.ndjson\n/);
    expect(good.stdout).toContain('+ Sample: the 8 actions drawn are');
    expect(good.stdout).toContain('- That no earlier checkpoint covered the closing');
    const other = await run('trail.ndjson', '--day', '2026-11-19');
    expect(other.code).toBe(1);
    expect(other.stdout).toContain('No event in the file closes 2026-11-19');
    expect((await run('trail.ndjson')).stderr).toContain('Name a day');
  });

  it('finds a checkpoint that was waited for', async () => {
    const { ids, world } = await workspaceWithDay();
    await closeDays(world.job);
    await drainOutbox();
    const first = (await latestCheckpoint(world.workspace))?.note ?? '';
    await ran(world, [{ at: at('2026-11-20T23:05:00') }]);
    const second = (await latestCheckpoint(world.workspace))?.note ?? '';
    const anchors = [{ name: 'theirs.txt', note: first }];
    // Whoever waits for a root that suits them is found by the first that somebody else has.
    const patient = await honestDraw(world, DAY);
    const [, size = '', root = ''] = second.split('\n');
    const seed = seedOf(Buffer.from(root, 'base64'), world.workspace, DAY);
    const candidates = ids.map((action) => ({
      ...{ action, agent: 'agt', actionType: 't', band: 'none', at: 0 },
    }));
    const data = {
      ...{ ...patient, ...choose(candidates, seed, patient.setting), seed: seed.toString('hex') },
      checkpoint: { size: Number(size), root, note: second },
    };
    await say(world, [{ type: SAMPLE_DRAWN, time: now.toISOString(), data }]);
    const found = await check(await exported(world), DAY, { anchors });
    expect(found.verdict).toBe('failed');
    expect(found.problems.map(({ message }) => message).join('\n')).toContain(
      'The checkpoint in theirs.txt covers the closing at',
    );
  });

  it('proves no population from a part of the log; the first checkpoint is the one to use', async () => {
    const { world } = await workspaceWithDay();
    await closeDays(world.job);
    await drainOutbox();
    const first = (await latestCheckpoint(world.workspace))?.note ?? '';
    await drawDays(world.job);
    const part = await check(await exported(world, { type: 'action.*,review.*' }));
    expect(part).toMatchObject({ verdict: 'unproved' });
    expect(part.problems.map(({ message }) => message).join('\n')).toContain('filtered export');
    const anchors = [{ name: 'theirs.txt', note: first }];
    const honest = await check(await exported(world), DAY, { anchors });
    expect(honest).toMatchObject({ verdict: 'verified', problems: [] });
  });
});

describe('a dishonest draw, signed and in the log like any other event', () => {
  const forgeries: [string, (drawn: Drawn, ids: string[], workspace: string) => Drawn, RegExp[]][] =
    [
      [
        'a swapped item',
        (drawn: Drawn, ids: string[]) => {
          const spare = ids.find((id) => !drawn.actions.includes(id)) ?? '';
          return { ...drawn, actions: [spare, ...drawn.actions.slice(1)] };
        },
        [/was drawn and is missing from the sample/, /is in the sample and was not drawn/],
      ],
      [
        'a missing item',
        (drawn: Drawn) => ({ ...drawn, actions: drawn.actions.slice(1) }),
        [/was drawn and is missing/],
      ],
      [
        'an added item',
        (drawn: Drawn, ids: string[]) => ({
          ...drawn,
          actions: [...drawn.actions, ids.find((id) => !drawn.actions.includes(id)) ?? ''],
        }),
        [/is in the sample and was not drawn/],
      ],
      [
        'another order',
        (drawn: Drawn) => ({ ...drawn, actions: drawn.actions.toReversed() }),
        [/not in the order of its values/],
      ],
      [
        'a wrong seed',
        (drawn: Drawn) => ({ ...drawn, seed: '00'.repeat(32) }),
        [/The seed is not/],
      ],
      [
        'a seed of a root that pleased',
        (drawn: Drawn, ids: string[], workspace: string) => {
          const root = Buffer.alloc(32, 1);
          const seed = seedOf(root, workspace, DAY);
          const candidates = ids.map((action) => ({
            ...{ action, agent: 'a', actionType: 't', band: 'none', at: 0 },
          }));
          return {
            ...drawn,
            ...{ seed: seed.toString('hex'), ...choose(candidates, seed, drawn.setting) },
            checkpoint: { ...drawn.checkpoint, root: root.toString('base64') },
          };
        },
        [/has another root than the draw says/, /The seed is not/, /The signed checkpoint/],
      ],
      [
        'a checkpoint of before the closing',
        (drawn: Drawn) => ({ ...drawn, checkpoint: { ...drawn.checkpoint, size: 3 } }),
        [/does not cover the closing/],
      ],
      [
        'a smaller population',
        (drawn: Drawn) => ({ ...drawn, population: 11 }),
        [/The population is of another size/],
      ],
      [
        'a smaller setting',
        (drawn: Drawn) => ({ ...drawn, setting: { ...drawn.setting, minimum: 0 } }),
        [/setting is not the one that the closing fixed/],
      ],
      [
        'strata that are not there',
        (drawn: Drawn) => ({ ...drawn, strata: drawn.strata.slice(1) }),
        [/The strata are not/],
      ],
    ];
  const dayOf = (n: number) => `2026-11-${String(n + 2).padStart(2, '0')}`;
  let file: Buffer;

  // One log in which each day was drawn from dishonestly in another way.
  beforeAll(async () => {
    now = new Date('2026-11-01T23:30:00.000Z');
    const world = await mintReviews(now);
    await updateReviewSettings(as(world, world.admin, 'admin'), {
      ...{ size: { by: 'fixed', count: 4 }, minimum: 1, twice: 0.25 },
    });
    for (const [n, [, change]] of forgeries.entries()) {
      const day = dayOf(n);
      const ids = await ran(
        world,
        Array.from({ length: 12 }, (_, item) => ({
          at: at(`${day}T08:00:00`),
          band: item < 10 ? '1e1' : '1e2',
        })),
      );
      now = new Date(`${day}T23:30:00.000Z`);
      await closeDays(world.job);
      await drainOutbox();
      const honest = await honestDraw(world, day);
      const data = change(honest, ids, world.workspace);
      await say(world, [{ type: SAMPLE_DRAWN, time: now.toISOString(), data: { ...data } }]);
      await inWorkspace(world.workspace, (tx) =>
        tx.sampleDay.updateMany({
          where: { closedIndex: null },
          data: { closedIndex: honest.closed.index, drawnAt: now },
        }),
      );
    }
    file = await exported(world);
  });

  it.each(forgeries.map(([name, , expected], n) => [name, dayOf(n), expected] as const))(
    'with %s is found',
    async (_, day, expected) => {
      const report = await check(file, day);
      expect(report.verdict).toBe('failed');
      const said = report.problems.map(({ message }) => message).join('\n');
      for (const pattern of expected) expect(said).toMatch(pattern);
    },
  );
});
