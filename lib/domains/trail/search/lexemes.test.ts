import { readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { closeDb } from '@/lib/infra/db';
import { ownerUrl } from '@/lib/infra/db-roles';
import { closeTrailDb } from '@/lib/infra/trail-db';
import { newId } from '@/lib/kernel/ids';
import { agentContext, happened, memberContext } from '../test/world';
import { lexemesOf } from './lexemes';
import { countMatching, listEvents } from './service';

const workspace = newId('ws');
const auditor = memberContext(workspace, 'auditor');

beforeAll(async () => {
  await happened(agentContext(workspace, newId('agt')), {
    type: 'session.started',
    session: newId('ses'),
    outcome: 'hold',
    tier: 3,
    data: { why: `The boiler's "hour" struck, tier by tier`, summary: 'Größe 40' },
  });
  await happened(agentContext(workspace, newId('agt')), {
    type: 'action.decided',
    object: { type: 'action_type', id: 'refunds.create' },
    outcome: 'hold',
    tier: 3,
    classification: 'Confidential',
    data: { parameters: { order: 'hidden' }, why: 'cracked' },
  });
});

afterAll(async () => {
  await closeTrailDb();
  await closeDb();
});

it('is found by its filter and by no beginning of a word', async () => {
  const beginnings = ['workspace', 'day', 'agent', 'action_', 'class', 'both', 'outc', 'word', 'w'];
  for (const begin of [...beginnings, 'type', 'actor']) {
    expect([begin, (await listEvents(auditor, { q: `${begin}*` })).items]).toEqual([begin, []]);
    expect(await countMatching(auditor, { q: `-${begin}*` })).toMatchObject({ count: 2 });
  }
  for (const begin of ['hour', 'ho', 'tier', 'boil', 'größ']) {
    const { items } = await listEvents(auditor, { q: `${begin}*` });
    expect([begin, items.map(({ type }) => type)]).toEqual([begin, ['session.started']]);
  }
});

it('is what the migration makes of those of before', async () => {
  const migration = '../../../../prisma/trail-migrations/20261127030000_lexemes/migration.sql';
  const owner = new pg.Client({ connectionString: ownerUrl('trail') });
  await owner.connect();
  try {
    await owner.query(
      `CREATE TEMP TABLE events AS
         SELECT id, search AS now,
                ts_delete(search, of.named) || array_to_tsvector(ARRAY(SELECT substr(l, 2) FROM unnest(of.named) AS l)) AS search
           FROM public.events,
                LATERAL (SELECT ARRAY(SELECT l FROM unnest(tsvector_to_array(search)) AS l WHERE starts_with(l, '='))) AS of (named)
          WHERE workspace_id = '${workspace}';
       CREATE INDEX events_search ON events USING gin (search)`,
    );
    await owner.query(readFileSync(path.join(import.meta.dirname, migration), 'utf8'));
    const { rows } = await owner.query<{ same: boolean; found: boolean; words: number }>(
      `SELECT search = now AS same, search @@ '''=outcome=hold'' & ''=word='':* '::tsquery AS found,
              cardinality(tsvector_to_array(search)) AS words
         FROM events ORDER BY found`,
    );
    expect(rows).toMatchObject([
      { same: true, found: false },
      { same: true, found: true },
    ]);
    expect(Math.min(...rows.map(({ words }) => words))).toBeGreaterThan(10);
  } finally {
    await owner.end();
  }
});

it('begins as no word does, for every filter', () => {
  const all = lexemesOf({
    ...{ workspace, time: '2026-11-24T08:01:02.003Z', type: 'action.decided', actorId: 'someone' },
    ...{ onBehalfOf: 'another', agent: 'agent', actionType: 'refunds.create', outcome: 'hold' },
    ...{ tier: 3, classification: 'Internal' },
  });
  expect(all).toContain('=hour=2026112408');
  expect(all.filter((each) => !/^=[a-z_]+=./.test(each))).toEqual([]);
});
