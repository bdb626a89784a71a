import { asyncBufferFromFile, parquetMetadata, parquetReadObjects } from 'hyparquet';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeDb } from '@/lib/infra/db';
import { closeTrailDb } from '@/lib/infra/trail-db';
import { canonicalJson } from '@/lib/kernel/canonical';
import { newId } from '@/lib/kernel/ids';
import { leafHash } from '../merkle';
import { drainOutbox } from '../sequencer/run';
import { rollSigningKey } from '../service/proof';
import { listEvents } from '../search/service';
import { load, memberContext } from '../test/world';
import { judge, readOcsf } from './test/ocsf-schema';
import { hostile, linesOf, loadHostile, verified, written } from './test/support';

const workspace = newId('ws');
const auditor = memberContext(workspace, 'auditor');
/** Bodies by index, as a complete export has them. */
let bodies: Map<number, string>;

beforeAll(async () => {
  await loadHostile(workspace);
  const { lines } = linesOf(await written(auditor.workspace));
  bodies = new Map(lines.map(({ event, index }) => [index, canonicalJson(event)]));
});

afterAll(async () => {
  await closeTrailDb();
  await closeDb();
});

const filtered = { type: 'action.decided' };

async function found(ctx: typeof auditor, filters: object): Promise<number[]> {
  const { items } = await listEvents(ctx, { ...filters, limit: 200 });
  return items.map((item) => item.index).toSorted((a, b) => a - b);
}

describe('NDJSON', () => {
  it('of the whole log is verified offline, hostile text and all', async () => {
    const report = await verified(await written(auditor.workspace));
    expect(report).toMatchObject({ verdict: 'verified', problems: [] });
    expect(report.about?.manifest).toMatchObject({ complete: true, filters: {}, first: 0 });
    expect([...bodies.values()].slice(0, hostile.length)).toHaveLength(hostile.length);
  });

  it('of a choice has a proof with each event, all in one tree', async () => {
    const file = await written(auditor.workspace, filtered);
    const report = await verified(file);
    expect(report).toMatchObject({ verdict: 'verified', problems: [] });
    const { lines, manifest } = linesOf(file);
    expect(manifest).toMatchObject({ complete: false, filters: filtered, count: lines.length });
    expect(lines.map((line) => line.index)).toEqual(await found(auditor, filtered));
    for (const line of lines) expect(canonicalJson(line.event)).toBe(bodies.get(line.index));
  });

  it('of a choice over several tiles has paths of each height', async () => {
    const own = newId('ws');
    const reader = memberContext(own, 'auditor');
    const events = Array.from({ length: 700 }, (_, n) => ({
      type: n % 3 === 0 ? 'test.third' : 'test.happened',
      data: { n },
    }));
    await load(own, ...events);
    const file = await written(reader.workspace, { type: 'test.third' });
    expect(linesOf(file)).toMatchObject({ manifest: { count: 234, first: 0, last: 699 } });
    expect(await verified(file)).toMatchObject({ verdict: 'verified', problems: [] });
  });

  it('of nothing is a manifest that says so, of an empty log too', async () => {
    const none = await written(auditor.workspace, { action_type: 'no.such' });
    expect(linesOf(none)).toMatchObject({ lines: [], manifest: { count: 0, first: null } });
    expect(await verified(none)).toMatchObject({ problems: [] });
    const empty = await written(newId('ws'));
    expect(linesOf(empty)).toMatchObject({ manifest: { complete: true, size: 0, last: null } });
  });

  it('that is cut off or changed is no longer verified', async () => {
    const file = await written(auditor.workspace, filtered);
    const end = file.lastIndexOf('\n', file.length - 2) + 1;
    for (const bytes of [file.subarray(0, end), file.subarray(0, 1_000)]) {
      expect(bytes.includes('{"manifest":{"checkpoint"')).toBe(false);
      expect(await verified(bytes)).toMatchObject({ verdict: 'failed' });
    }
    const changed = Buffer.from(file);
    changed[100] = (changed[100] ?? 0) ^ 1;
    expect(await verified(changed)).toMatchObject({ verdict: 'failed' });
  });

  it('is signed by the newest key, with the chain from the oldest', async () => {
    const own = newId('ws');
    const [reader, admin] = [memberContext(own, 'auditor'), memberContext(own, 'admin')];
    await load(own, { type: 'test.before' });
    await rollSigningKey(admin, {});
    await drainOutbox();
    await load(own, { type: 'test.after' });
    const file = await written(reader.workspace);
    expect(linesOf(file).manifest['keys']).toEqual([
      { key: expect.stringMatching(/^countersign\/trail/) },
      { key: expect.stringMatching(/^countersign\/trail/), endorsement: expect.any(String) },
    ]);
    expect(await verified(file)).toMatchObject({ verdict: 'verified', problems: [] });
  });
});

/** RFC 4180, read the strict way. */
function cellsOf(text: string): string[][] {
  const rows: string[][] = [[]];
  const pattern = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy;
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    rows.at(-1)?.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] === '\r\n') rows.push([]);
    end = match.index + match[0].length;
  }
  expect(end).toBe(text.length);
  rows.pop();
  return rows;
}

describe('CSV', () => {
  it('keeps every cell as it is, but for the formulas', async () => {
    const [header = [], ...rows] = cellsOf(
      (await written(auditor.workspace, { format: 'csv' })).toString(),
    );
    const own = rows.slice(0, hostile.length);
    expect(own).toHaveLength(hostile.length);
    for (const [at, row] of own.entries()) {
      const cell = (name: string) => row[header.indexOf(name)] ?? '';
      const text = hostile[at] ?? '';
      expect(row).toHaveLength(header.length);
      expect(Number(cell('index'))).toBe(at);
      expect(cell('event')).toBe(bodies.get(at));
      expect(cell('leaf_hash')).toBe(leafHash(cell('event')).toString('base64'));
      const said = Array.from(text.slice(0, 600)).slice(0, 280).join('');
      expect(cell('summary')).toBe(/^[=+@\t\r\n-]/.test(text) ? `'${said}` : said);
      for (const [column, value] of row.entries()) {
        // Base64 has none of the characters that a formula needs to do anything.
        if (header[column] !== 'leaf_hash') expect(value).not.toMatch(/^[=+@\t\r\n-]/);
      }
    }
  });
});

describe('Parquet', () => {
  it('has typed columns that another reader reads back', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'countersign-parquet-'));
    try {
      const name = path.join(folder, 'trail.parquet');
      await writeFile(name, await written(auditor.workspace, { format: 'parquet' }));
      const file = await asyncBufferFromFile(name);
      const { schema, key_value_metadata: notes } = parquetMetadata(
        await file.slice(0, file.byteLength),
      );
      expect(schema.find((column) => column.name === 'index')).toMatchObject({ type: 'INT64' });
      expect(schema.find((column) => column.name === 'tier')).toMatchObject({ type: 'INT32' });
      expect(schema.find((column) => column.name === 'time')).toMatchObject({
        converted_type: 'TIMESTAMP_MILLIS',
      });
      expect(notes?.find(({ key }) => key === 'countersign.checkpoint')?.value).toMatch(
        /^countersign/,
      );
      const rows = await parquetReadObjects({ file });
      expect(rows.length).toBeGreaterThanOrEqual(hostile.length);
      for (const [at, row] of rows.slice(0, hostile.length).entries()) {
        const event = JSON.parse(bodies.get(at) ?? '') as { time: string; id: string };
        expect(row).toMatchObject({
          index: BigInt(at),
          id: event.id,
          time: new Date(event.time),
          event: bodies.get(at),
          tier: at % 2 === 0 ? (at % 3) + 1 : null,
          classification: at % 4 === 0 ? 'Internal' : null,
          object: hostile[at]?.slice(0, 100),
        });
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('of nothing has the columns and no rows', async () => {
    const bytes = await written(auditor.workspace, { format: 'parquet', action_type: 'no.such' });
    const { num_rows: rows, schema } = parquetMetadata(Uint8Array.from(bytes).buffer);
    expect([rows, schema.length]).toEqual([0n, 20]);
  });
});

describe('OCSF', () => {
  const schema = readOcsf();
  it.skipIf(!schema)(
    'is valid line by line (../shared/vectors/ocsf; skipped without)',
    async () => {
      const lines = (await written(auditor.workspace, { format: 'ocsf' }))
        .toString()
        .trimEnd()
        .split('\n');
      expect(lines.length).toBeGreaterThanOrEqual(hostile.length);
      for (const [at, line] of lines.entries()) {
        const event = JSON.parse(line) as Record<string, unknown>;
        if (schema) expect(judge(schema, event)).toEqual([]);
        if (at >= hostile.length) continue;
        const leaf = leafHash(bodies.get(at) ?? '').toString('base64');
        expect(event['unmapped']).toMatchObject({ index: at, leaf_hash: leaf });
      }
    },
  );
});

describe("the page's filters", () => {
  const later = new Date(Date.now() + 86_400_000).toISOString();
  const choices = [
    { outcome: 'deny' },
    { tier: 2 },
    { classification: 'Internal' },
    { type: 'action.*', outcome: 'allow' },
    // Of one actor: that a word was asked for is an event too, and has it among its filters.
    { q: 'quoted word', actor: 'test.load' },
    { q: `'; DROP TABLE "events" -quoted $1 \\`, actor: 'test.load' },
    { actor: 'test.load', to: later },
    { actor: `'; DROP TABLE events; -- $1 \\'` },
    { action_type: hostile[8] ?? '' },
    { action_type: hostile[11] ?? '' },
    { from: later },
    { session: newId('ses') },
  ];

  it.each(choices)('%j find the same in the export as in the search', async (filters) => {
    const [before, { lines }, csv] = [
      await found(auditor, filters),
      linesOf(await written(auditor.workspace, filters)),
      await written(auditor.workspace, { ...filters, format: 'csv' }),
    ];
    expect(lines.map((line) => line.index)).toEqual(before);
    expect(
      cellsOf(csv.toString())
        .slice(1)
        .map((row) => Number(row[0])),
    ).toEqual(before);
  });

  it("find nothing of another workspace's", async () => {
    const other = memberContext(newId('ws'), 'auditor');
    for (const format of ['ndjson', 'csv', 'ocsf']) {
      const text = (await written(other.workspace, { format })).toString();
      for (const body of bodies.values()) expect(text).not.toContain(body.slice(0, 60));
    }
  });
});
