import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { setEnv } from '@/lib/infra/env';
import { inWorkspace } from '@/lib/infra/db';
import { clock } from '@/lib/kernel/clock';
import { newId } from '@/lib/kernel/ids';
import { originOf, verifierOf } from '../checkpoint';
import { openNote, parseVerifierKey } from '../note';
import { drainOutbox } from '../sequencer/run';
import { latestCheckpoint, rollSigningKey } from '../service/proof';
import { listEvents } from '../search/service';
import { type OwnDatabase, ownDatabase } from '../test/own-database';
import { load, memberContext } from '../test/world';
import { startWitness, type TestWitness } from '../test/witness';
import { verifyNow } from '../verification/service';
import { anchorJobs } from './jobs';
import { findAnchors } from './repo';
import { listAnchors } from './service';

const nothing = {
  ...{ TRAIL_ANCHOR_DIR: '', TRAIL_ANCHOR_S3_ENDPOINT: '', TRAIL_ANCHOR_S3_BUCKET: '' },
  ...{ TRAIL_ANCHOR_S3_ACCESS_KEY_ID: '', TRAIL_ANCHOR_S3_SECRET_ACCESS_KEY: '' },
  ...{ TRAIL_WITNESS_URL: '', TRAIL_WITNESS_KEY: '' },
};

let own: OwnDatabase;
let folder: string;
let workspace: string;
let auditor: ReturnType<typeof memberContext>;
beforeAll(async () => {
  own = await ownDatabase();
});
afterAll(() => own?.stop());
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'countersign-anchors-'));
  setEnv(nothing);
  workspace = newId('ws');
  auditor = memberContext(workspace, 'auditor');
  await append(300);
  return () => rmSync(folder, { recursive: true, force: true });
});

async function append(count: number): Promise<void> {
  await load(
    workspace,
    ...Array.from({ length: count }, (_, n) => ({ type: 'test.happened', data: { n } })),
  );
}

async function tick(): Promise<void> {
  await anchorJobs[0]?.perform(workspace, {});
}

const stored = () => inWorkspace(workspace, (tx) => findAnchors(tx));
const head = async () => (await latestCheckpoint(workspace))?.size ?? 0;
const said = async (type: string) => {
  await drainOutbox();
  return (await listEvents(auditor, { type })).items;
};

/** Takes the trail back to an old checkpoint, tiles and all. */
async function rollBack(size: number): Promise<void> {
  for (const sql of [
    'DELETE FROM events WHERE workspace_id = $1 AND idx >= $2',
    'DELETE FROM checkpoints WHERE workspace_id = $1 AND size > $2',
    'DELETE FROM tiles WHERE workspace_id = $1 AND (idx + 1) * 256 > $2',
  ]) {
    await own.administrator.query(sql, [workspace, size]);
  }
}

async function forgetVerifications(): Promise<void> {
  // Whoever can write to both databases: only what is kept elsewhere is left.
  await own.control.query('DELETE FROM trail_verifications WHERE workspace_id = $1', [workspace]);
}

describe('a folder', () => {
  beforeEach(() => setEnv({ TRAIL_ANCHOR_DIR: folder }));
  const files = () => readdirSync(path.join(folder, workspace)).toSorted();

  it('keeps each new checkpoint once, read-only, and the latest by name', async () => {
    await tick();
    await tick();
    await append(5);
    await tick();
    expect(files()).toEqual([
      ...['0000000000000300.checkpoint', '0000000000000305.checkpoint', 'latest'],
    ]);
    const file = path.join(folder, workspace, '0000000000000305.checkpoint');
    expect(statSync(file).mode & 0o777).toBe(0o444);
    const note = (await latestCheckpoint(workspace))?.note;
    expect(readFileSync(file, 'utf8')).toBe(note);
    expect(readFileSync(path.join(folder, workspace, 'latest'), 'utf8')).toBe(note);
    expect((await listAnchors(auditor, {})).items).toMatchObject([
      { place: 'folder', size: 305, error: null, failing_since: null },
    ]);
  });

  it('gets one after each verification', async () => {
    await verifyNow(auditor, {});
    expect(files()).toContain('0000000000000300.checkpoint');
  });

  it('shows a rollback of everything that the databases know', async () => {
    await append(5);
    await tick();
    await rollBack(300);
    await forgetVerifications();
    const finding = await verifyNow(auditor, {});
    expect(finding).toMatchObject({ status: 'failed', first_bad: 300 });
    expect(finding.detail).toContain('kept in the folder says 305 events; now there are 300');
    await own.control.query('DELETE FROM trail_anchors WHERE workspace_id = $1', [workspace]);
    expect(await verifyNow(auditor, {})).toMatchObject({ status: 'failed', first_bad: 300 });
  });

  it('is not given a log that does not extend what it has, and says so at once', async () => {
    await append(5);
    await tick();
    await rollBack(300);
    await append(20);
    await tick();
    expect(files()).not.toContain('0000000000000320.checkpoint');
    const failures = (await own.failures()).filter((row) => row.workspace_id === workspace);
    expect(failures).toMatchObject([{ scope: 'all', first_bad: '0' }]);
    expect(await stored()).toMatchObject([{ size: 305n, attempts: 1 }]);
  });

  it('counts with every version of the signing key', async () => {
    await tick();
    await rollSigningKey(memberContext(workspace, 'admin'), {});
    await drainOutbox();
    await append(1);
    await tick();
    expect(await verifyNow(auditor, {})).toMatchObject({ status: 'ok' });
  });

  it('that holds a forged checkpoint is a failure', async () => {
    await tick();
    const latest = path.join(folder, workspace, 'latest');
    writeFileSync(latest, readFileSync(latest, 'utf8').replace('\n300\n', '\n200\n'));
    expect(await verifyNow(auditor, {})).toMatchObject({
      ...{ status: 'failed', first_bad: null, detail: expect.stringContaining('not genuine') },
    });
  });

  it('that fails is an alert, is tried again later, and keeps nobody waiting', async () => {
    writeFileSync(path.join(folder, workspace), 'in the way');
    await tick();
    await tick();
    expect(await stored()).toMatchObject([{ attempts: 1, size: 0n }]);
    expect(await said('trail.anchor_failed')).toMatchObject([
      { outcome: 'failed', data: { place: 'folder' } },
    ]);
    expect(await head()).toBeGreaterThan(300);
    expect((await listAnchors(auditor, {})).items[0]?.error).toContain('EEXIST');
    const { now } = clock;
    try {
      clock.now = () => new Date(Date.now() + 2 * 60_000);
      await tick();
      expect(await stored()).toMatchObject([{ attempts: 2 }]);
      rmSync(path.join(folder, workspace));
      clock.now = () => new Date(Date.now() + 30 * 60_000);
      await tick();
    } finally {
      clock.now = now;
    }
    expect(await stored()).toMatchObject([{ attempts: 0, error: null, failingSince: null }]);
    expect(await said('trail.anchor_failed')).toHaveLength(1);
    expect(await said('trail.anchor_recovered')).toHaveLength(1);
  });
});

describe('a bucket', () => {
  const objects = new Map<string, { body: string; lock: unknown }>();
  let status = 200;
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      const name = request.url ?? '';
      const signed = request.headers.authorization?.startsWith('AWS4-HMAC-SHA256 Credential=key/');
      const found = objects.get(name);
      const lock = request.headers['x-amz-object-lock-retain-until-date'];
      if (!signed) response.statusCode = 403;
      else if (status !== 200) response.statusCode = status;
      else if (request.method === 'PUT') objects.set(name, { body, lock });
      else if (!found) response.statusCode = 404;
      response.end(request.method === 'GET' ? found?.body : undefined);
    });
  });
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
  afterAll(() => new Promise((resolve) => server.close(resolve)));
  beforeEach(() => {
    setEnv({
      TRAIL_ANCHOR_S3_ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      TRAIL_ANCHOR_S3_BUCKET: 'anchors',
      TRAIL_ANCHOR_S3_PREFIX: 'the/trail',
      TRAIL_ANCHOR_S3_ACCESS_KEY_ID: 'key',
      TRAIL_ANCHOR_S3_SECRET_ACCESS_KEY: 'secret',
      TRAIL_ANCHOR_S3_RETAIN_DAYS: '10',
    });
  });

  it('locks each checkpoint for its time, and shows a rollback', async () => {
    await append(5);
    await tick();
    const kept = objects.get(`/anchors/the/trail/${workspace}/0000000000000305.checkpoint`);
    expect(kept?.body).toBe((await latestCheckpoint(workspace))?.note);
    const locked = (Date.parse(String(kept?.lock)) - Date.now()) / 86_400_000;
    expect(locked).toBeGreaterThan(9.9);
    expect(locked).toBeLessThan(10.1);
    expect(await verifyNow(auditor, {})).toMatchObject({ status: 'ok' });
    await rollBack(300);
    await forgetVerifications();
    await own.control.query('DELETE FROM trail_anchors WHERE workspace_id = $1', [workspace]);
    expect((await verifyNow(auditor, {})).detail).toContain('kept in the bucket says 305');
  });

  it('that refuses is an alert without the key in it', async () => {
    status = 500;
    await tick();
    status = 200;
    const [alert] = await said('trail.anchor_failed');
    expect(alert?.data).toEqual({ place: 'bucket', error: 'the bucket answered with status 500' });
  });
});

describe('a witness', () => {
  let witness: TestWitness;
  beforeEach(async () => {
    witness = await startWitness();
    witness.logs.set(originOf(workspace), verifierOf(workspace, 1));
    setEnv({ TRAIL_WITNESS_URL: witness.url, TRAIL_WITNESS_KEY: witness.key });
    return () => witness.close();
  });

  it('cosigns each new checkpoint, with a proof from the one before', async () => {
    await tick();
    await tick();
    await append(77);
    await tick();
    expect(witness.requests.map((body) => body.split('\n')[0])).toEqual(['old 0', 'old 300']);
    const [row] = await stored();
    expect(row).toMatchObject({ place: 'witness', size: 377n });
    const own = verifierOf(workspace, 1);
    const { signers } = openNote(row?.note ?? '', [own, parseVerifierKey(witness.key)]);
    expect(signers.map(({ name }) => name)).toEqual([own.name, 'witness.example/w1']);
    expect(row?.note).not.toContain('other.example');
    expect(await verifyNow(auditor, {})).toMatchObject({ status: 'ok' });
  });

  it('is asked from where it stands, when that is not known here', async () => {
    await tick();
    await own.control.query('DELETE FROM trail_anchors WHERE workspace_id = $1', [workspace]);
    await append(9);
    await tick();
    expect(witness.requests.map((body) => body.split('\n')[0])).toEqual([
      ...['old 0', 'old 0', 'old 300'],
    ]);
    expect(await stored()).toMatchObject([{ size: 309n, attempts: 0 }]);
  });

  it('that has cosigned more than there is now shows the rollback at once', async () => {
    await append(5);
    await tick();
    await rollBack(300);
    await own.control.query('DELETE FROM trail_anchors WHERE workspace_id = $1', [workspace]);
    await forgetVerifications();
    await tick();
    expect((await own.failures()).filter((row) => row.workspace_id === workspace)).toHaveLength(1);
    const [alert] = await said('trail.anchor_failed');
    expect(alert?.data).toMatchObject({
      error: 'The witness has cosigned a checkpoint of 305 events, but the log has 300.',
    });
  });

  it('does not cosign another history, which is a finding', async () => {
    const { root } = (await latestCheckpoint(workspace)) ?? { root: Buffer.alloc(32) };
    const origin = originOf(workspace);
    witness.latest.set(origin, { origin, size: 256, root });
    await tick();
    const failures = (await own.failures()).filter((row) => row.workspace_id === workspace);
    expect(failures).toMatchObject([{ first_bad: null }]);
  });

  it('that signs with another key is a failure to try again', async () => {
    const other = await startWitness();
    setEnv({ TRAIL_WITNESS_KEY: other.key });
    await other.close();
    await tick();
    expect(await stored()).toMatchObject([{ size: 0n, attempts: 1 }]);
  });
});

it('nothing is kept where nothing is configured', async () => {
  await tick();
  expect(await stored()).toEqual([]);
  expect((await listAnchors(auditor, {})).items).toEqual([]);
});
