import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeDb, inWorkspace } from '@/lib/infra/db';
import { mintWorld } from '@/lib/infra/testing/world';
import { closeTrailDb } from '@/lib/infra/trail-db';
import { canonicalJson, digest } from '@/lib/kernel/canonical';
import type { NewEvent } from '@/lib/kernel/event';
import { newId } from '@/lib/kernel/ids';
import { exportTrail } from '../export/service/stream';
import { parseVerifierKey } from '../note';
import { verifyExport } from '../offline/verify';
import type { PayloadKeys } from '../payload/keys';
import { openMember, sealedMembers } from '../payload/seal';
import { readPayload } from '../payload/service/read';
import { bodyOf, reader, secretive } from '../payload/test/world';
import { reading } from '../repo';
import { postgresSearch } from '../search/postgres';
import { getCheckpoint } from '../service/proof';
import { bundleExporter } from '../test/exporter';
import { fileOf } from '../test/export-file';
import { verifyTlog } from '../test/tlog';
import { load, memberContext } from '../test/world';
import { readEntries, readTile } from '../tiles/read';
import { parseTilePath, TILE_WIDTH } from '../tiles/tile';
import { checkLog } from '../verification/check';
import { ENTRY_BYTES } from './fit';
import { readRow, recordOf } from './record';
import { drainOutbox } from './run';

bundleExporter();

let workspace: string;
beforeAll(async () => {
  workspace = (await mintWorld()).workspace;
});
afterAll(async () => {
  await closeTrailDb();
  await closeDb();
});

const decided = (data: Record<string, unknown>, classification?: string): NewEvent => ({
  ...{ type: 'action.decided', digest: 'sha256:of-the-action', data },
  ...(classification === undefined ? {} : { classification }),
});
const mail = { to: 'a customer', body: '拝啓'.repeat(8_500) };
/** A megabyte, with words to be found by. */
const large = { text: `megalith ${'word0123456789abcdef '.repeat(50_000)}` };
const omitted = (value: unknown) => ({
  omitted: `${Buffer.byteLength(canonicalJson(value))} bytes`,
  digest: digest(value),
});
const dataOf = async (id: string | undefined) =>
  JSON.parse(await bodyOf(workspace, id ?? '')).data as Record<string, unknown>;

async function isServed(): Promise<void> {
  const auditor = memberContext(workspace, 'auditor');
  const { checkpoint, verifier_key: key } = await getCheckpoint(auditor, {});
  const read = (path: string) => {
    const asked = parseTilePath(path.slice('tile/'.length));
    if (!asked) throw new Error(path);
    return reading(workspace, (client) => {
      const start = asked.index * TILE_WIDTH;
      if (asked.level === undefined) {
        return readEntries(client, workspace, { start, end: start + asked.width });
      }
      const place = { level: asked.level, index: asked.index };
      return readTile(client, workspace, place, (start + asked.width) * TILE_WIDTH ** asked.level);
    });
  };
  const { size } = await verifyTlog(read, checkpoint?.note ?? '', parseVerifierKey(key));
  expect(await checkLog(workspace)).toMatchObject({ status: 'ok', size });
  const text = await ((await exportTrail(auditor, {})) as Response).text();
  expect(await verifyExport(fileOf(text), { key })).toMatchObject({ verdict: 'verified' });
}

describe('an event that is too long for an entry bundle', () => {
  it('is recorded with the digest of what is long, and its bundle is served and verifies', async () => {
    const [one, two, three] = await load(
      workspace,
      decided({ parameters: mail, summary: 'A letter', evidence: [] }),
      decided({ parameters: large, summary: 'A lot', evidence: [{ title: 'x' }] }),
      { type: 'test.happened' },
    );
    expect(await dataOf(one?.id)).toEqual({
      ...{ parameters: mail, summary: 'A letter', evidence: [] },
    });
    expect(await dataOf(two?.id)).toEqual({
      ...{ parameters: omitted(large), summary: 'A lot', evidence: [{ title: 'x' }] },
    });
    expect(three).toBeDefined();
    // What was left out is found by its words all the same.
    expect(await postgresSearch.countEvents(workspace, { q: 'megalith' }, 10)).toMatchObject({
      count: 1,
    });
    await isServed();
  });

  it('counts sealed, where it is longer, and what is left out keeps its digest sealed', async () => {
    // Fits in clear, and not as base64 of what is sealed.
    const data = { parameters: mail, evidence: [{ title: 'a title' }], why: 'because' };
    const [one] = await load(workspace, decided(data, 'Confidential'));
    const kept = await dataOf(one?.id);
    expect(kept['why']).toBe('because');
    expect(JSON.stringify(kept)).not.toMatch(/omitted|sha256/);
    const auditor = reader(workspace, 'auditor');
    const { payload } = await readPayload(auditor, { id: one?.id, reason: 'a test' });
    expect(payload).toEqual({ parameters: omitted(mail), evidence: data.evidence });
    const [two] = await load(workspace, decided({ before: { parameters: large } }, 'Restricted'));
    expect(await dataOf(two?.id)).toMatchObject({ before: { sealed: 1 } });
    await isServed();
  });

  it('may be of any kind and long in any member', async () => {
    const text = `reason ${'ünïcödé 日本語 '.repeat(9_000)}`;
    const policies = Array.from({ length: 4_000 }, (_, n) => ({ id: n, source: 'permit (…);' }));
    const made = await load(
      workspace,
      { type: 'agent.suspended', data: { reason: text } },
      { type: 'access.policy_published', data: { before: { policies }, after: { policies } } },
      { type: 'test.happened', data: { error: { message: text }, reasons: [{ message: text }] } },
    );
    const kept = await Promise.all(made.map(({ id }) => dataOf(id)));
    expect(kept).toEqual([
      { reason: omitted(text) },
      { before: omitted({ policies }), after: omitted({ policies }) },
      { error: omitted({ message: text }), reasons: omitted([{ message: text }]) },
    ]);
    await isServed();
  });

  it('is taken as a whole where no member is what is long', async () => {
    const id = newId('evt');
    const event = {
      ...{ id, time: new Date().toISOString(), workspace, type: 'test.happened' },
      ...{ actor: { type: 'job', id: 'test' }, data: { a: 1 }, beside: 'x'.repeat(70_000) },
    };
    const many = {
      ...{ ...event, id: newId('evt'), beside: '', classification: 'Restricted' },
      data: Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`member${n}`, n])),
    };
    const data = [event, many].map((one) => ({
      ...{ id: one.id, workspaceId: workspace, event: JSON.stringify(one) },
    }));
    await inWorkspace(workspace, (tx) => tx.outbox.createMany({ data }));
    await drainOutbox();
    expect(await dataOf(id)).toEqual({
      reason: 'data: is too long, even without what is longest',
      event: omitted(event),
    });
    expect(await dataOf(many.id)).toMatchObject({ event: { sealed: 1 } });
    await isServed();
  });

  it('fits, whatever it holds, sealed or not', () => {
    const key = { id: 'tky_1', key: Buffer.alloc(32, 1), hashKey: Buffer.alloc(32, 2) };
    const keys: PayloadKeys = () => key;
    const value = fc.tuple(
      fc.constantFrom('a', '"', '語', '🦊', '\u0001', 'a@b.co '),
      fc.nat(40_000),
    );
    const name = fc.constantFrom(
      ...[
        'parameters',
        'result',
        'evidence',
        'before',
        'why',
        'reason',
        'note',
        'x',
        'y',
        '__proto__',
      ],
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(name, value), { maxLength: 8 }),
        fc.constantFrom('Restricted', 'Internal', undefined),
        fc.integer({ min: 0, max: 3_000 }),
        (members, classification, small) => {
          const data = Object.fromEntries([
            ...Array.from({ length: small }, (_, n) => [`m${n}`, n]),
            ...members.map(([at, [text, times]]) => [at, { text: text.repeat(times) }]),
          ]);
          const id = newId('evt');
          const event = {
            ...{ id, time: '2026-11-21T22:16:35.123Z', workspace, type: 'test.happened' },
            ...{ actor: { type: 'job', id: 'test' }, data },
            ...(classification === undefined ? {} : { classification }),
          };
          const row = { id, workspace_id: workspace, created_at: new Date() };
          const read = readRow({ ...row, event: JSON.stringify(event) });
          const { body } = recordOf(read, keys);
          expect(Buffer.byteLength(body)).toBeLessThanOrEqual(ENTRY_BYTES);
          const kept = JSON.parse(body);
          for (const [at, { text }] of sealedMembers(kept)) {
            const opened = openMember(key.key, id, at, text ?? '');
            const was = read.event.data?.[at];
            expect([was, omitted(was)]).toContainEqual(opened);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('an event that fits', () => {
  it('is recorded whole', async () => {
    const [event] = await load(workspace, secretive);
    expect(JSON.stringify(await dataOf(event?.id))).not.toContain('omitted');
  });
});
