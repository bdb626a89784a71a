import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeDb } from '@/lib/infra/db';
import { closeTrailDb } from '@/lib/infra/trail-db';
import type { NewEvent } from '@/lib/kernel/event';
import { newId } from '@/lib/kernel/ids';
import { agentContext, happened, load, memberContext, problemOf } from '../test/world';
import { reading } from '../repo';
import { postgresSearch } from './postgres';
import { countMatching, getFacets, getHistogram, listEvents } from './service';
import { mustOccur, textQuery, words } from './words';

afterAll(async () => {
  await closeTrailDb();
  await closeDb();
});

type Made = NewEvent & { time: string; n: number };

const workspace = newId('ws');
const auditor = memberContext(workspace, 'auditor');
const agents = [newId('agt'), newId('agt'), newId('agt')];
const types = ['action.decided', 'action.succeeded', 'session.started', 'approval.approved'];
const outcomes = ['allow', 'hold', 'deny', undefined] as const;
const classifications = ['Internal', 'Restricted', undefined] as const;
const vocabulary = ['boiler', 'refund', 'crate', 'lamp', 'rare'];
const made: (Made & { agent: string; words: string[] })[] = [];

/** Spread over five months, more than a search walks through at first; the text of each is known. */
function eventAt(n: number) {
  const own = vocabulary.filter((_, at) => n % (at * at + 1) === 0 && (at < 4 || n % 500 === 340));
  const outcome = outcomes[n % 4];
  const classification = classifications[n % 3];
  return {
    n,
    agent: agents[n % 3] ?? '',
    words: own,
    type: types[n % types.length] ?? '',
    time: new Date(Date.UTC(2026, 5, 1) + n * 2.5 * 3_600_000 + (n % 7)).toISOString(),
    object: { type: 'action_type', id: n % 5 === 0 ? 'refunds.create' : 'orders.read' },
    tier: (n % 3) + 1,
    ...(outcome ? { outcome } : {}),
    ...(classification ? { classification } : {}),
    data: { n, why: own.join(' '), summary: `number ${n}` },
  };
}

beforeAll(async () => {
  for (let n = 0; n < 1_500; n += 1) made.push(eventAt(n));
  for (const agent of agents) {
    const own = made.filter((event) => event.agent === agent);
    await happened(
      agentContext(workspace, agent),
      ...own.map(({ n: _n, words: _words, agent: _agent, ...event }) => event),
    );
  }
});

const numbers = (items: readonly { data?: Record<string, unknown> | undefined }[]) =>
  items.map((item) => Number(item.data?.['n']));

interface Wanted {
  q?: string;
  type?: string;
  agent?: string;
  action_type?: string;
  outcome?: string;
  tier?: string;
  classification?: string;
  from?: string;
  to?: string;
}

function matches(event: (typeof made)[number], wanted: Wanted): boolean {
  const within = (given: string | undefined, value: string | undefined) =>
    given === undefined || given.split(',').some((one) => one === value);
  const kind = wanted.type?.endsWith('.*') ? wanted.type.slice(0, -1) : undefined;
  return (
    (kind === undefined ? within(wanted.type, event.type) : event.type.startsWith(kind)) &&
    within(wanted.agent, event.agent) &&
    within(wanted.action_type, event.object?.id) &&
    within(wanted.outcome, event.outcome) &&
    within(wanted.tier, String(event.tier)) &&
    within(wanted.classification, event.classification) &&
    (wanted.from === undefined || event.time >= wanted.from) &&
    (wanted.to === undefined || event.time < wanted.to) &&
    (wanted.q ?? '')
      .split(' ')
      .every((word) =>
        word.startsWith('-')
          ? !event.words.includes(word.slice(1))
          : word === '' || event.words.includes(word),
      )
  );
}

const newestFirst = (wanted: Wanted) =>
  made
    .filter((event) => matches(event, wanted))
    .toSorted((a, b) => (a.time < b.time ? 1 : -1))
    .map(({ n }) => n);

const option = <T>(...values: T[]) => fc.option(fc.constantFrom(...values), { nil: undefined });
const instants = Array.from({ length: 12 }, (_, at) =>
  new Date(Date.UTC(2026, 5, 3) + at * 13.7 * 86_400_000).toISOString(),
);
const wanted = fc
  .record({
    q: option('boiler', 'refund', 'crate lamp', 'refund -crate', '-refund', 'rare', 'nowhere'),
    type: option('action.decided', 'action.*', 'action.decided,approval.approved'),
    agent: option(...agents, `${agents[0]},${agents[2]}`),
    action_type: option('refunds.create'),
    outcome: option('hold', 'allow,deny'),
    tier: option('1', '2,3'),
    classification: option('Restricted', 'Internal,Restricted'),
    from: option(...instants.slice(0, 6)),
    to: option(...instants.slice(6)),
  })
  .map((given) => JSON.parse(JSON.stringify(given)) as Wanted);

describe('any filters together', () => {
  it('find what reading everything finds, page by page and back again', async () => {
    await fc.assert(
      fc.asyncProperty(wanted, fc.integer({ min: 5, max: 60 }), async (given, limit) => {
        const expected = newestFirst(given);
        const pages: number[][] = [];
        let cursor: string | null = null;
        let back: string | null = null;
        for (;;) {
          const page: Awaited<ReturnType<typeof listEvents>> = await listEvents(auditor, {
            ...given,
            limit,
            ...(cursor ? { cursor } : {}),
          });
          pages.push(numbers(page.items));
          if (page.items.length > 0) back = page.prev;
          cursor = page.next;
          if (!cursor) break;
        }
        expect(pages.flat()).toEqual(expected);
        const before: number[] = [];
        while (back) {
          const page: Awaited<ReturnType<typeof listEvents>> = await listEvents(auditor, {
            ...given,
            limit,
            cursor: back,
          });
          before.unshift(...numbers(page.items));
          if (page.items.length < limit) break;
          back = page.prev;
        }
        expect([...before, ...(pages.at(-1) ?? [])]).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it('are counted, by facet and over time, as counting everything does', async () => {
    await fc.assert(
      fc.asyncProperty(wanted, async (given) => {
        const expected = made.filter((event) => matches(event, given));
        expect(await countMatching(auditor, given)).toEqual({
          count: expected.length,
          capped: false,
        });
        const { facets, exact } = await getFacets(auditor, given);
        expect(exact).toBe(true);
        const tally = (read: (event: (typeof made)[number]) => string | undefined) => {
          const counts: Record<string, number> = {};
          for (const event of expected) {
            const value = read(event);
            if (value !== undefined) counts[value] = (counts[value] ?? 0) + 1;
          }
          return counts;
        };
        const told = Object.fromEntries(
          Object.entries(facets).map(([name, values]) => [
            name,
            Object.fromEntries(values.map(({ value, count }) => [value, count])),
          ]),
        );
        expect(told).toEqual({
          type: tally((event) => event.type),
          agent: tally((event) => event.agent),
          actor: tally((event) => event.agent),
          action_type: tally((event) => event.object?.id),
          outcome: tally((event) => event.outcome),
          tier: tally((event) => String(event.tier)),
          classification: tally((event) => event.classification),
        });
        const range = { from: instants[1] ?? '', to: instants[10] ?? '', ...given };
        const drawn = await getHistogram(auditor, range);
        const inside = made.filter((event) => matches(event, range));
        expect(drawn.buckets.reduce((sum, { count }) => sum + count, 0)).toBe(inside.length);
        expect(drawn.buckets.reduce((sum, { parts }) => sum + parts.hold, 0)).toBe(
          inside.filter(({ outcome }) => outcome === 'hold').length,
        );
        for (const [at, bucket] of drawn.buckets.entries()) {
          const next = drawn.buckets[at + 1]?.at ?? range.to;
          const own = inside.filter(({ time }) => time >= bucket.at && time < next);
          expect([bucket.at, bucket.count]).toEqual([bucket.at, own.length]);
        }
      }),
      { numRuns: 40 },
    );
  });
});

it('gives an event the pairs that the migration gave to those of before', async () => {
  const [row] = await reading(workspace, async (client) => {
    const { rows } = await client.query<{ events: number; paired: number; same: number }>(
      `SELECT count(*)::int AS events, count(*) FILTER (WHERE has <> '{}')::int AS paired,
              count(*) FILTER (WHERE has = given)::int AS same
         FROM events,
              LATERAL (SELECT array(SELECT l FROM unnest(tsvector_to_array(search)) AS l WHERE starts_with(l, '=both=') ORDER BY l)) AS h (has),
              LATERAL (SELECT array(SELECT l FROM unnest(ARRAY['=both=' || right(agent_id, 8) || '+' || action_type, '=both=' || outcome || '+' || tier]) AS l
                                     WHERE l IS NOT NULL ORDER BY l)) AS g (given)`,
    );
    return rows;
  });
  expect(row?.same).toBe(row?.events);
  expect(row?.paired).toBeGreaterThan(1_000);
});

describe('a page', () => {
  it('stays what it is while events arrive, and what arrived is on its newer side', async () => {
    const own = newId('ws');
    const reader = memberContext(own, 'auditor');
    const add = (n: number) => load(own, { type: 'sample.drawn', data: { n } });
    for (let n = 1; n <= 7; n += 1) await add(n);
    const first = await listEvents(reader, { limit: 3 });
    expect(numbers(first.items)).toEqual([7, 6, 5]);
    const second = await listEvents(reader, { limit: 3, cursor: first.next });
    await add(8);
    await add(9);
    expect(numbers(second.items)).toEqual([4, 3, 2]);
    const up = await listEvents(reader, { limit: 3, cursor: second.prev });
    expect(numbers(up.items)).toEqual([7, 6, 5]);
    const newer = await listEvents(reader, { limit: 3, cursor: up.prev });
    expect(numbers(newer.items)).toEqual([9, 8]);
    const none = await listEvents(reader, { limit: 3, cursor: newer.prev });
    expect(none).toMatchObject({ items: [], next: null });
    await add(10);
    const later = await listEvents(reader, { limit: 3, cursor: none.prev });
    expect(numbers(later.items)).toEqual([10]);
    expect(numbers((await listEvents(reader, { limit: 3, cursor: later.next })).items)).toEqual([
      9, 8, 7,
    ]);
  });

  it('refuses cursors that were made up, naming the field', async () => {
    const cursor = (...key: unknown[]) => Buffer.from(JSON.stringify(key)).toString('base64url');
    const good = '2026-06-01T00:00:00.000Z';
    for (const bad of [
      'x',
      cursor(),
      cursor('older', good),
      cursor('sideways', good, '1'),
      cursor('older', 'yesterday', '1'),
      cursor('older', '2026-13-45T00:00:00.000Z', '1'),
      cursor('older', `${good}'; --`, '1'),
      cursor('older', good, '-1'),
      cursor('older', good, '1 OR 1=1'),
      cursor('older', good, 1),
      cursor('older', good, '9'.repeat(30)),
    ]) {
      expect(await problemOf(listEvents(auditor, { cursor: bad }))).toMatchObject({
        status: 422,
        fields: ['cursor'],
      });
    }
  });
});

describe('hostile words', () => {
  it('are words or nothing, never operators', async () => {
    const before = await countMatching(auditor, {});
    for (const q of [
      `' OR 1=1 --`,
      `boiler' & !'x`,
      '((((',
      '& | ! <-> :* \\',
      '"',
      '-',
      '--boiler',
      '*',
      "type=action.decided'",
      `\u0000boiler`,
      '\u{10FFFF}\uD800',
      '"boiler "refund',
      'a'.repeat(500),
      `${'-'.repeat(250)}x`,
    ]) {
      // Signs alone are refused: a search for no word would find everything.
      if (words(q).length === 0) {
        for (const call of [listEvents(auditor, { q }), countMatching(auditor, { q })]) {
          expect(await problemOf(call)).toMatchObject({ status: 422, fields: ['q'] });
        }
        continue;
      }
      const found = await listEvents(auditor, { q, limit: 5 });
      expect(found.items.length).toBeLessThanOrEqual(5);
      await countMatching(auditor, { q });
    }
    expect(await problemOf(listEvents(auditor, { q: 'a '.repeat(400) }))).toMatchObject({
      status: 422,
      fields: ['q'],
    });
    expect(await countMatching(auditor, {})).toEqual(before);
  });

  it('cannot name a filter: what is looked up for one is no word', async () => {
    expect(words('type=action.decided')).toEqual(['type', 'action', 'decided']);
    expect(textQuery('outcome=hold')).toBe(`('outcome' <-> 'hold')`);
    expect((await listEvents(auditor, { q: 'outcome=hold' })).items).toEqual([]);
    for (const q of ['hour*', 'typ*', 'both*', 'word*', 'workspace*', 'act*']) {
      expect([q, (await listEvents(auditor, { q })).items]).toEqual([q, []]);
    }
    expect(mustOccur(textQuery('-a -b') ?? '')).toBe(false);
    expect(mustOccur(textQuery('-a b') ?? '')).toBe(true);
  });

  it('in filters are refused or find nothing', async () => {
    for (const [name, value] of [
      ['action_type', `x'); DROP TABLE events; --`],
      ['actor', `x' OR '1'='1`],
      ['actor', '\\'],
      ['action_type', `'`],
    ] as const) {
      expect((await listEvents(auditor, { [name]: value })).items).toEqual([]);
    }
    for (const [name, value] of [
      ['actor', 'a\u0000b'],
      ['action_type', 'a,,b'],
      ['outcome', 'hold,'],
      ['tier', '1,4'],
      ['agent', `${agents[0]},x`],
      ['session', 'ses_1'],
      ['type', 'action.*.*'],
    ] as const) {
      expect(await problemOf(listEvents(auditor, { [name]: value }))).toMatchObject({
        status: 422,
        fields: [name],
      });
    }
  });
});

it("shows another workspace nothing, whoever's ids it names", async () => {
  const other = memberContext(newId('ws'), 'auditor', 'admin');
  for (const given of [
    {},
    { q: 'boiler' },
    { agent: agents[0] },
    { outcome: 'hold' },
    { q: '-x' },
  ]) {
    expect((await listEvents(other, given)).items).toEqual([]);
    expect(await countMatching(other, given)).toEqual({ count: 0, capped: false });
    const { facets } = await getFacets(other, given);
    expect(Object.values(facets).flat()).toEqual([]);
    const { buckets } = await getHistogram(other, {
      ...given,
      from: instants[0],
      to: instants[11],
    });
    expect(buckets.reduce((sum, { count }) => sum + count, 0)).toBe(0);
  }
  const page = await listEvents(auditor, { limit: 1 });
  expect((await listEvents(other, { cursor: page.next })).items).toEqual([]);
});

it('counts no further than it says', async () => {
  expect(await postgresSearch.countEvents(workspace, { q: 'boiler', tier: '1' }, 10)).toEqual({
    count: 10,
    exact: false,
  });
  const { rows, exact } = await postgresSearch.facets(workspace, { q: 'boiler' }, 25);
  expect(exact).toBe(false);
  const typed = rows.filter(({ facet }) => facet === 'type');
  expect(typed.reduce((sum, { count }) => sum + count, 0)).toBe(25);
  // Counted beforehand, so past any cap.
  expect(await postgresSearch.countEvents(workspace, { outcome: 'hold' }, 10)).toEqual({
    count: 375,
    exact: true,
  });
});
