import { setImmediate } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { closeDb } from '@/lib/infra/db';
import { closeTrailDb } from '@/lib/infra/trail-db';
import { canonicalJson } from '@/lib/kernel/canonical';
import { newId } from '@/lib/kernel/ids';
import { leafHash, rootOf } from '../merkle';
import { filterInput } from '../schema';
import { openExport } from './process';
import { exportTrail } from './service/stream';
import { listEvents } from '../search/service';
import { bundleExporter } from '../test/exporter';
import { load, memberContext, problemOf } from '../test/world';

bundleExporter();

afterAll(async () => {
  await closeTrailDb();
  await closeDb();
});

const asked = async (ctx: Parameters<typeof exportTrail>[0], input: object) =>
  (await exportTrail(ctx, input)) as Response;

describe('an export', () => {
  it('as NDJSON holds the canonical bytes with their index, and makes the signed root', async () => {
    const workspace = newId('ws');
    const auditor = memberContext(workspace, 'auditor');
    await load(
      workspace,
      ...Array.from({ length: 1_203 }, (_, n) => ({
        type: 'test.happened',
        data: { n, text: 'ä "quoted"\n' },
      })),
    );
    const response = await asked(auditor, {});
    expect(response.headers.get('content-disposition')).toMatch(
      /^attachment; filename="trail-.*\.ndjson"$/,
    );
    const lines = (await response.text()).split('\n');
    expect(lines.pop()).toBe('');
    const { manifest } = JSON.parse(lines.pop() ?? '') as { manifest: { checkpoint: string } };
    const parsed = lines.map((line) => JSON.parse(line) as { event: object; index: number });
    expect(parsed.map((line) => line.index)).toEqual(lines.map((_, index) => index));
    for (const [at, line] of parsed.entries()) expect(canonicalJson(line)).toBe(lines[at]);
    expect(rootOf(parsed.map((line) => leafHash(canonicalJson(line.event))))).toEqual(
      Buffer.from(manifest.checkpoint.split('\n')[2] ?? '', 'base64'),
    );
  });

  it('is an event before anything leaves, and takes the filters of the page', async () => {
    const workspace = newId('ws');
    const auditor = memberContext(workspace, 'auditor');
    await load(
      workspace,
      { type: 'a.done', outcome: 'deny' },
      { type: 'b.done', outcome: 'allow', data: { summary: '=1+1, "x"' } },
    );
    const response = await asked(auditor, { format: 'csv', outcome: 'allow', q: 'x' });
    await load(workspace);
    expect((await listEvents(auditor, { type: 'trail.exported' })).items[0]).toMatchObject({
      actor: { id: auditor.actor.id },
      data: { format: 'csv', filters: { outcome: 'allow', q: 'x' } },
    });
    const [header, row, end] = (await response.text()).split('\r\n');
    expect(header).toMatch(/^index,id,time,type,/);
    expect(row).toMatch(/^1,evt_/);
    expect(row).toContain(`,"'=1+1, ""x""",`);
    expect(end).toBe('');
  });

  it('of an unknown format or filter names the field, and writes nothing', async () => {
    const workspace = newId('ws');
    const auditor = memberContext(workspace, 'auditor');
    for (const format of ['json', 'xml', '']) {
      const error = await exportTrail(auditor, { format }).catch((each: Error) => each);
      expect(error).toMatchObject({
        status: 422,
        errors: [
          { field: 'format', message: expect.stringContaining('ndjson, csv, parquet and ocsf') },
        ],
      });
    }
    expect(await problemOf(exportTrail(auditor, { colour: 'red' }))).toMatchObject({
      status: 422,
      fields: ['colour'],
    });
    await load(workspace);
    expect((await listEvents(auditor, {})).items).toEqual([]);
  });

  it('is refused to an approver, and only the refusal is written', async () => {
    const workspace = newId('ws');
    expect(await problemOf(exportTrail(memberContext(workspace, 'approver'), {}))).toMatchObject({
      status: 403,
    });
    await load(workspace);
    const { items } = await listEvents(memberContext(workspace, 'auditor'), {});
    expect(items.map((item) => item.type)).toEqual(['request.refused']);
  });

  it('is there whole for a reader who comes once its process has ended', async () => {
    const workspace = newId('ws');
    await load(workspace, { type: 'a.done' }, { type: 'b.done' });
    const { pieces, tally, ended } = await openExport({
      ...{ workspace, filters: filterInput.parse({}) },
      ...{ format: 'csv', counted: false },
    });
    await ended;
    // What Node itself does with a process that has ended is done by then.
    await setImmediate();
    let text = '';
    for await (const piece of pieces) text += Buffer.from(piece).toString();
    expect(text.trimEnd().split('\r\n')).toHaveLength(3);
    expect(tally.rows).toBe(2);
  });

  it('waits for its reader, and gives its place back when the reader leaves', async () => {
    const workspace = newId('ws');
    const auditor = memberContext(workspace, 'auditor');
    await load(
      workspace,
      ...Array.from({ length: 1_000 }, () => ({
        type: 'test.happened',
        data: { text: 'x'.repeat(5_000) },
      })),
    );
    const open = await Promise.all([1, 2, 3, 4].map(() => asked(auditor, {})));
    expect(await problemOf(exportTrail(auditor, {}))).toMatchObject({
      status: 429,
      code: 'too_many_exports',
    });
    for (const response of open) {
      const reader = response.body?.getReader();
      expect((await reader?.read())?.value?.byteLength).toBeGreaterThan(10_000);
      await reader?.cancel();
    }
    expect((await (await asked(auditor, {})).text()).split('\n').length).toBeGreaterThan(1_000);
  });
});
