import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createHash } from 'node:crypto';
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { closeDb, inWorkspace } from '@/lib/infra/db';
import { childEnv, env } from '@/lib/infra/env';
import { closeQueue } from '@/lib/infra/queue';
import { eventsOf } from '@/lib/infra/testing/events';
import { mintWorld } from '@/lib/infra/testing/world';
import { closeTrailDb } from '@/lib/infra/trail-db';
import { clock } from '@/lib/kernel/clock';
import { type Context, jobContext } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import { reader, secretive } from '../payload/test/world';
import { bundleExporter } from '../test/exporter';
import { load, memberContext, problemOf } from '../test/world';
import { exportJobs } from './jobs';
import { runExport } from './run';
import type { ExportView } from './schema';
import { downloadExport } from './service/download';
import { cancelExport, createExport, getExport, listExports } from './service/manage';
import { exported, linesOf, loadHostile, verified } from './test/support';

bundleExporter();

let workspace: string;
let auditor: Context;
let job: Context;

beforeEach(async () => {
  ({ workspace } = await mintWorld());
  auditor = memberContext(workspace, 'auditor');
  job = jobContext(workspace, 'trail.export');
  await loadHostile(workspace);
});

afterEach(() => vi.restoreAllMocks());

afterAll(async () => {
  await closeTrailDb();
  await closeQueue();
  await closeDb();
});

const folder = () => path.join(env().COUNTERSIGN_DATA_DIR, 'exports', workspace);
const files = () => readdir(folder()).catch(() => []);
const tidy = async () => {
  for (const { name, perform } of exportJobs) {
    if (name === 'trail.exports_tidied') await perform(workspace, {});
  }
};
const download = async (id: string, headers: object = {}, ctx = auditor) =>
  (await downloadExport(ctx, { id, ...headers })) as Response;
const types = async () => (await eventsOf(workspace)).map(({ type }) => type);

async function made(input: object = {}): Promise<ExportView> {
  const { id } = await createExport(auditor, input);
  await runExport(job, id);
  return getExport(auditor, { id });
}

function later(ms: number): void {
  const now = Date.now() + ms;
  vi.spyOn(clock, 'now').mockImplementation(() => new Date(now));
}

describe('an export as a file', () => {
  it.each(['ndjson', 'csv', 'parquet', 'ocsf'])(
    'is the same as %s at once, with its size and SHA-256',
    async (format) => {
      const filters = { type: 'action.*', tier: '2' };
      const waiting = await createExport(auditor, { format, filters });
      expect(waiting).toMatchObject({ state: 'waiting', sha256: null, rows: { done: 0 } });
      await runExport(job, waiting.id);
      const view = await getExport(auditor, { id: waiting.id });
      const bytes = Buffer.from(await (await download(view.id)).arrayBuffer());
      expect(view).toMatchObject({
        state: 'ready',
        format,
        filters,
        created_by: auditor.actor.id,
        bytes: bytes.length,
        sha256: createHash('sha256').update(bytes).digest('hex'),
        rows: { done: 2, total: 2 },
        can: { download: { allowed: true }, cancel: { allowed: false } },
      });
      if (format === 'ndjson') {
        expect(await verified(bytes)).toMatchObject({ verdict: 'verified' });
      } else if (format !== 'parquet') {
        expect(bytes).toEqual(await exported(auditor, { format, ...filters }));
      }
    },
  );

  it('is for its owner alone on the disk, and says each step in the trail', async () => {
    const view = await made({ format: 'csv' });
    const [name = ''] = await files();
    expect(name).toMatch(new RegExp(`^${view.id}\\.run_[^.]+\\.csv$`));
    expect((await stat(folder())).mode & 0o777).toBe(0o700);
    expect((await stat(path.join(folder(), name))).mode & 0o777).toBe(0o600);
    await download(view.id);
    const said = (await eventsOf(workspace)).filter(({ type }) => type.startsWith('trail.export'));
    expect(said).toMatchObject([
      { type: 'trail.export_created', actor: { id: auditor.actor.id }, data: { format: 'csv' } },
      { type: 'trail.export_finished', outcome: 'succeeded', data: { sha256: view.sha256 } },
      { type: 'trail.export_downloaded', actor: { id: auditor.actor.id } },
    ]);
  });

  it('is listed newest first, page by page', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 3; n += 1) ids.unshift((await made({ format: 'csv' })).id);
    const first = await listExports(auditor, { limit: 2 });
    expect(first.items.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    const second = await listExports(auditor, { limit: 2, cursor: first.next });
    expect(second).toMatchObject({ items: [{ id: ids[2] }], next: null });
  });

  it('is refused with the field that is wrong, and beyond five at a time', async () => {
    expect(await problemOf(createExport(auditor, { format: 'xml' }))).toMatchObject({
      status: 422,
      fields: ['format'],
    });
    const malformed = { filters: { outcome: 'maybe', colour: 'red' } };
    expect((await problemOf(createExport(auditor, malformed))).fields.toSorted()).toEqual([
      'filters.colour',
      'filters.outcome',
    ]);
    for (let n = 0; n < 5; n += 1) await createExport(auditor, {});
    expect(await problemOf(createExport(auditor, {}))).toMatchObject({
      status: 429,
      code: 'too_many_exports',
    });
    expect((await listExports(auditor, {})).items).toHaveLength(5);
  });
});

it('finds words of protected payloads for who may read them, as a file and at once', async () => {
  const mayRead = reader(workspace, 'auditor');
  const [sealed] = await load(workspace, secretive);
  // Of this type only: that it was asked for is an event too, with the word among its filters.
  const ask = { q: 'zanzibar', type: secretive.type, from: sealed?.time };
  for (const [ctx, ids] of [
    [mayRead, [sealed?.id]],
    [auditor, []],
  ] as const) {
    const { id } = await createExport(ctx, { filters: ask });
    await runExport(job, id);
    const asFile = Buffer.from(await (await download(id)).arrayBuffer());
    for (const bytes of [asFile, await exported(ctx, ask)]) {
      const { lines, manifest } = linesOf(bytes);
      expect(lines.map(({ event }) => event.id)).toEqual(ids);
      expect(manifest['filters']).toEqual(ask);
      // What is protected stays sealed in the file.
      expect(bytes.toString()).not.toContain('jane@example.com');
      expect(await verified(bytes)).toMatchObject({ verdict: 'verified' });
    }
  }
});

describe('who may', () => {
  it('not: nothing is written but the refusal', async () => {
    const { id } = await made({ format: 'csv' });
    const before = [await types(), await getExport(auditor, { id }), await files()] as const;
    const approver = memberContext(workspace, 'approver');
    const operations = [createExport, listExports, getExport, cancelExport, downloadExport];
    for (const operation of operations) {
      const input = operation === createExport || operation === listExports ? {} : { id };
      expect(await problemOf(operation(approver, input))).toMatchObject({ status: 403 });
    }
    expect(await types()).toEqual([...before[0], ...operations.map(() => 'request.refused')]);
    expect(await getExport(auditor, { id })).toEqual(before[1]);
    expect([(await listExports(auditor, {})).items.length, await files()]).toEqual([1, before[2]]);
  });

  it("not what is another workspace's: it is not there", async () => {
    const { id } = await made({ format: 'csv' });
    const before = await types();
    const other = memberContext((await mintWorld()).workspace, 'auditor', 'admin');
    for (const operation of [getExport, cancelExport, downloadExport]) {
      const problem = await problemOf(operation(other, { id }));
      expect(problem).toMatchObject({ status: 404, code: 'not_found' });
      expect(problem).toEqual(await problemOf(operation(other, { id: newId('exp') })));
    }
    expect((await listExports(other, {})).items).toEqual([]);
    await runExport({ ...job, workspace: other.workspace }, id);
    expect(await types()).toEqual(before);
  });
});

describe('cancelled', () => {
  it('before it is begun, it is never made', async () => {
    const { id } = await createExport(auditor, {});
    expect(await cancelExport(auditor, { id })).toMatchObject({ state: 'cancelled' });
    await runExport(job, id);
    expect([await getExport(auditor, { id }), await files()]).toMatchObject([
      { state: 'cancelled', can: { cancel: { allowed: false }, download: { allowed: false } } },
      [],
    ]);
    expect(await problemOf(cancelExport(auditor, { id }))).toMatchObject({
      status: 409,
      code: 'export_ended',
    });
    expect(await problemOf(download(id))).toMatchObject({ code: 'export_not_ready' });
  });

  it('while it is written, it leaves no file', async () => {
    const { id } = await createExport(auditor, {});
    let parts: string[] = [];
    await runExport(job, id, async () => {
      if (parts.length > 0) return;
      parts = await files();
      expect(await getExport(auditor, { id })).toMatchObject({
        state: 'running',
        rows: { total: expect.any(Number) },
      });
      expect(await problemOf(download(id))).toMatchObject({ status: 409 });
      await cancelExport(auditor, { id });
    });
    expect(parts).toEqual([expect.stringMatching(/\.ndjson\.part$/)]);
    expect(await files()).toEqual([]);
    expect(await getExport(auditor, { id })).toMatchObject({ state: 'cancelled', sha256: null });
    expect(await types()).not.toContain('trail.export_finished');
  });
});

describe('the job', () => {
  it('killed midway starts again once its silence is noticed, and offers only the whole', async () => {
    const { id } = await createExport(auditor, {});
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', 'lib/domains/trail/test/export-child.ts', workspace, id],
      { env: childEnv(), stdio: ['ignore', 'ignore', 'inherit'] },
    );
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
    expect(await files()).toEqual([expect.stringMatching(/\.part$/)]);
    expect(await problemOf(download(id))).toMatchObject({ code: 'export_not_ready' });
    // It may only be slow: nobody else begins before it has been silent for a minute.
    await runExport(job, id);
    expect(await getExport(auditor, { id })).toMatchObject({ state: 'running' });
    later(120_000);
    await runExport(job, id);
    const view = await getExport(auditor, { id });
    const bytes = Buffer.from(await (await download(id)).arrayBuffer());
    expect(await verified(bytes)).toMatchObject({ verdict: 'verified' });
    expect(view).toMatchObject({ state: 'ready', rows: { done: linesOf(bytes).lines.length } });
    await tidy();
    expect(await files()).toEqual([expect.not.stringMatching(/\.part$/)]);
  });

  it('run twice at once makes one file', async () => {
    const { id } = await createExport(auditor, {});
    await Promise.all([runExport(job, id), runExport(job, id)]);
    expect(await files()).toHaveLength(1);
    expect((await types()).filter((type) => type === 'trail.export_finished')).toHaveLength(1);
  });

  it('that was taken for dead takes nothing from the one that followed', async () => {
    const { id } = await createExport(auditor, {});
    let followed = false;
    await runExport(job, id, async () => {
      if (followed) return;
      followed = true;
      later(120_000);
      await runExport(job, id);
    });
    const bytes = Buffer.from(await (await download(id)).arrayBuffer());
    expect(await verified(bytes)).toMatchObject({ verdict: 'verified' });
    expect(await files()).toHaveLength(1);
  });

  it('that cannot write tries again, and says at last why not', async () => {
    await mkdir(path.dirname(folder()), { recursive: true });
    await writeFile(folder(), 'a file where the folder should be');
    const { id } = await createExport(auditor, {});
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      expect((await getExport(auditor, { id })).state).toBe('waiting');
      await expect(runExport(job, id)).rejects.toThrow('EEXIST');
    }
    expect(await getExport(auditor, { id })).toMatchObject({
      state: 'failed',
      error: expect.stringContaining('could not be written'),
    });
    await runExport(job, id);
    expect(await types()).not.toContain('trail.export_finished');
  });

  it('that kills its process each time is given up', async () => {
    const { id } = await createExport(auditor, {});
    await inWorkspace(workspace, (tx) =>
      tx.trailExport.update({
        where: { id },
        data: { state: 'running', runner: 'run_gone', attempts: 5, beatAt: new Date() },
      }),
    );
    await tidy();
    expect((await getExport(auditor, { id })).state).toBe('running');
    later(120_000);
    await tidy();
    expect(await getExport(auditor, { id })).toMatchObject({ state: 'failed' });
  });
});

describe('after seven days', () => {
  it('the file is deleted, and that is an event', async () => {
    const { id, expires_at: expires } = await made({ format: 'csv' });
    await tidy();
    expect(await files()).toHaveLength(1);
    later(7 * 86_400_000 + 60_000);
    expect(clock.now().getTime()).toBeGreaterThan(Date.parse(expires ?? ''));
    await tidy();
    await tidy();
    expect(await files()).toEqual([]);
    expect(await getExport(auditor, { id })).toMatchObject({ state: 'expired' });
    expect(await problemOf(download(id))).toMatchObject({ status: 410, code: 'export_gone' });
    const said = await types();
    expect(said.filter((type) => type === 'trail.export_expired')).toHaveLength(1);
    expect(said).not.toContain('trail.export_downloaded');
  });

  it('what belongs to no export goes too', async () => {
    await made({ format: 'csv' });
    const stray = [`${newId('exp')}.run_1.csv.part`, 'something else'];
    for (const name of stray) await writeFile(path.join(folder(), name), 'x');
    await tidy();
    expect(await files()).toHaveLength(1);
  });
});

describe('a download', () => {
  const whole = async (id: string) => Buffer.from(await (await download(id)).arrayBuffer());

  it('goes on where it was cut off', async () => {
    const { id, bytes, sha256 } = await made();
    const all = await whole(id);
    const ranges: [string, number, number][] = [
      ['bytes=0-9', 0, 9],
      [`bytes=${bytes - 5}-`, bytes - 5, bytes - 1],
      ['bytes=-7', bytes - 7, bytes - 1],
      [`bytes=3-${bytes * 2}`, 3, bytes - 1],
      [`bytes=-${bytes * 2}`, 0, bytes - 1],
    ];
    for (const [range, start, end] of ranges) {
      const response = await download(id, { range });
      expect(response.status).toBe(206);
      expect(response.headers.get('content-range')).toBe(`bytes ${start}-${end}/${bytes}`);
      expect(response.headers.get('content-length')).toBe(String(end - start + 1));
      expect(response.headers.get('etag')).toBe(`"${sha256}"`);
      expect(Buffer.from(await response.arrayBuffer())).toEqual(all.subarray(start, end + 1));
    }
    const last = (await eventsOf(workspace)).at(-1);
    expect(last).toMatchObject({ data: { first_byte: 0, last_byte: bytes - 1 } });
  });

  it('is whole where the range cannot be used', async () => {
    const { id, bytes, sha256 } = await made();
    const ranges = ['bytes=0-1,5-6', 'lines=1-2', 'bytes=9-3', 'bytes=-', 'nonsense', ''];
    for (const headers of [
      ...ranges.map((range) => ({ range })),
      { range: 'bytes=0-9', 'if-range': '"another"' },
    ]) {
      const response = await download(id, headers);
      expect([response.status, response.headers.get('content-length')]).toEqual([200, `${bytes}`]);
      await response.body?.cancel();
    }
    const same = await download(id, { range: 'bytes=0-9', 'if-range': `"${sha256}"` });
    expect(same.status).toBe(206);
    expect(await same.text()).toHaveLength(10);
  });

  it('outside of the file is refused, and is no event', async () => {
    const { id, bytes } = await made();
    const before = await types();
    for (const range of [`bytes=${bytes}-`, 'bytes=-0']) {
      const error = await download(id, { range }).catch((each: unknown) => each);
      expect(error).toMatchObject({
        status: 416,
        headers: { 'Content-Range': `bytes */${bytes}` },
      });
    }
    expect(await types()).toEqual(before);
  });

  it('of a file that someone took away says so', async () => {
    const { id } = await made({ format: 'csv' });
    const [name = ''] = await files();
    await rm(path.join(folder(), name));
    expect(await problemOf(download(id))).toMatchObject({ status: 410, code: 'export_gone' });
  });
});

it('an export of no events is an empty file, not a fault', async () => {
  const { id, bytes } = await made({ format: 'ocsf', filters: { action_type: 'no.such' } });
  const response = await download(id, { range: 'bytes=0-' }).catch((error: unknown) => error);
  expect([bytes, response]).toMatchObject([0, { status: 416 }]);
  expect(await (await download(id)).text()).toBe('');
});
