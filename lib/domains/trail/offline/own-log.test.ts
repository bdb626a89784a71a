/** What the product itself writes and serves, read by the verifier that auditors use. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeDb } from '@/lib/infra/db';
import { mintWorld } from '@/lib/infra/testing/world';
import { closeTrailDb } from '@/lib/infra/trail-db';
import type { Context } from '@/lib/kernel/context';
import { exportTrail } from '../export/service/stream';
import { parseVerifierKey } from '../note';
import { reading } from '../repo';
import { drainOutbox } from '../sequencer/run';
import { getCheckpoint, rollSigningKey } from '../service/proof';
import { fileOf } from '../test/export-file';
import { verifyTlog } from '../test/tlog';
import { bundleExporter } from '../test/exporter';
import { load, memberContext } from '../test/world';
import { readEntries, readTile } from '../tiles/read';
import { parseTilePath, TILE_WIDTH } from '../tiles/tile';
import { verifyExport } from './verify';

bundleExporter();

let workspace: string;
let auditor: Context;
let earlier: { key: string; note: string };

async function head() {
  const view = await getCheckpoint(auditor, {});
  return { key: view.verifier_key, note: view.checkpoint?.note ?? '' };
}

beforeAll(async () => {
  workspace = (await mintWorld()).workspace;
  auditor = memberContext(workspace, 'auditor');
  const events = (count: number, outcome: 'allow' | 'deny') =>
    Array.from({ length: count }, (_, n) => ({
      type: 'test.happened',
      outcome,
      data: { n, text: 'ä “quoted”\n\u2028', ratio: 1e21 / 3, none: null },
    }));
  await load(workspace, ...events(300, 'allow'));
  earlier = await head();
  await load(workspace, ...events(40, 'deny'));
});
afterAll(async () => {
  await closeTrailDb();
  await closeDb();
});

async function exported(input: object): Promise<string> {
  return ((await exportTrail(auditor, input)) as Response).text();
}

const since = () => [{ name: 'earlier', note: earlier.note }];

describe("the product's own log", () => {
  it('exports whole as a file that verifies, and extends its earlier checkpoint', async () => {
    const report = await verifyExport(fileOf(await exported({})), {
      key: earlier.key,
      anchors: since(),
    });
    expect(report).toMatchObject({ verdict: 'verified', problems: [] });
    // And the event of the export, where another suite has emptied the outbox meanwhile.
    expect(report.proved[0]).toMatch(/^Complete: all 34[01] events/);
  });

  it('exports a part as a file whose every event is proved', async () => {
    const report = await verifyExport(fileOf(await exported({ outcome: 'deny' })));
    expect(report).toMatchObject({ verdict: 'verified', problems: [] });
    expect(report.about?.manifest).toMatchObject({ count: 40, filters: { outcome: 'deny' } });
    const nothing = await verifyExport(fileOf(await exported({ outcome: 'failed' })));
    expect(nothing).toMatchObject({ verdict: 'verified', problems: [] });
  });

  it('still verifies by the first key once the next one signs', async () => {
    await rollSigningKey(memberContext(workspace, 'admin'), {});
    await drainOutbox();
    await load(workspace, { type: 'test.after' });
    const file = await exported({});
    const options = { key: earlier.key, anchors: since() };
    const report = await verifyExport(fileOf(file), options);
    expect(report).toMatchObject({ verdict: 'verified', problems: [] });
    expect(report.proved.join()).toContain('1 later key of the log');
    expect((await verifyExport(fileOf(file), { key: (await head()).key })).verdict).toBe(
      'verified',
    );
  });

  it('is served as tiles and entries that make its signed root', async () => {
    const { key, note } = await head();
    await reading(workspace, async (client) => {
      const read = async (path: string) => {
        const asked = parseTilePath(path.slice('tile/'.length));
        if (!asked) return undefined;
        const start = asked.index * TILE_WIDTH;
        if (asked.level === undefined) {
          return readEntries(client, workspace, { start, end: start + asked.width });
        }
        const size = (start + asked.width) * TILE_WIDTH ** asked.level;
        return readTile(client, workspace, { level: asked.level, index: asked.index }, size);
      };
      const found = await verifyTlog(read, note, parseVerifierKey(key));
      expect(found.size).toBeGreaterThan(340);
    });
  });
});
