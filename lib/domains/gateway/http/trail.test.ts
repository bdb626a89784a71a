import { createHash } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drainOutbox } from '@/lib/domains/trail/server';
import { sha256Hex } from '@/lib/infra/crypto';
import { closeDb, inWorkspace } from '@/lib/infra/db';
import { ownerUrl } from '@/lib/infra/db-roles';
import { eventsOf } from '@/lib/infra/testing/events';
import { mintWorld, type World } from '@/lib/infra/testing/world';
import { closeTrailDb } from '@/lib/infra/trail-db';
import { jobContext } from '@/lib/kernel/context';
import { appendEvents, makeEvent } from '@/lib/kernel/event';
import { newId } from '@/lib/kernel/ids';
import { type RunningGateway, serveGateway } from './serve';

const SIZE = 300;

let gateway: RunningGateway;
let world: World;
let other: World;

async function say(workspace: string, count: number): Promise<void> {
  const ctx = jobContext(workspace, 'test.load');
  const events = Array.from({ length: count }, (_, at) =>
    makeEvent(ctx, { type: 'test.happened', data: { at } }),
  );
  await inWorkspace(workspace, (tx) => appendEvents(tx, events));
  await drainOutbox();
}

/** A personal access token of a member with this role. */
async function tokenOf(of: World, role: string, over: { revokedAt?: Date } = {}): Promise<string> {
  const token = `cst_pat_${newId('x').replaceAll(/[_-]/g, '')}`;
  const memberId = newId('mbr');
  const workspaceId = of.workspace;
  await inWorkspace(workspaceId, async (tx) => {
    const email = `${memberId}@example.test`;
    await tx.member.create({
      data: { id: memberId, workspaceId, email, name: role, roles: [role] },
    });
    await tx.accessToken.create({
      data: {
        id: newId('pat'),
        workspaceId,
        memberId,
        name: role,
        tokenHash: sha256Hex(token),
        scopes: ['read'],
        expiresAt: new Date(Date.now() + 60_000),
        ...over,
      },
    });
  });
  return token;
}

const get = (path: string, token?: string): Promise<Response> =>
  fetch(
    `${gateway.url}/trail/${path}`,
    token ? { headers: { authorization: `Bearer ${token}` } } : {},
  );

beforeAll(async () => {
  gateway = await serveGateway({ host: '127.0.0.1', port: 0 });
  [world, other] = [await mintWorld(), await mintWorld()];
  await say(world.workspace, SIZE);
  await say(other.workspace, 3);
});

afterAll(async () => {
  await gateway.stop();
  await closeTrailDb();
  await closeDb();
});

/** A reader of tlog-tiles that shares no code with the product. */
function rootOf(hashes: Buffer[]): Buffer {
  if (hashes.length === 1) return hashes[0] as Buffer;
  const half = 2 ** Math.floor(Math.log2(hashes.length - 1));
  const hash = createHash('sha256').update(Buffer.from([1]));
  return hash
    .update(rootOf(hashes.slice(0, half)))
    .update(rootOf(hashes.slice(half)))
    .digest();
}

const split = (bytes: Buffer): Buffer[] =>
  Array.from({ length: bytes.length / 32 }, (_, at) => bytes.subarray(at * 32, at * 32 + 32));

const bytesOf = async (response: Response): Promise<Buffer> =>
  Buffer.from(await response.arrayBuffer());

describe('the log as tiles', () => {
  it('gives everyone the checkpoint and the hashes, which make its root', async () => {
    const response = await get(`${world.workspace}/checkpoint`);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
    const [origin, size, root] = (await response.text()).split('\n');
    expect([origin, Number(size)]).toEqual([`countersign/trail/${world.workspace}`, SIZE]);
    const full = await get(`${world.workspace}/tile/0/000`);
    expect(full.headers.get('cache-control')).toContain('immutable');
    const leaves = split(await bytesOf(full));
    leaves.push(...split(await bytesOf(await get(`${world.workspace}/tile/0/001.p/44`))));
    expect(leaves).toHaveLength(SIZE);
    expect(rootOf(leaves).toString('base64')).toBe(root);
    const above = await bytesOf(await get(`${world.workspace}/tile/1/000.p/1`));
    expect(above).toEqual(rootOf(leaves.slice(0, 256)));
  });

  it('gives the entries to who may read the trail, as they were hashed', async () => {
    const auditor = await tokenOf(world, 'auditor');
    const hashes = split(await bytesOf(await get(`${world.workspace}/tile/0/001.p/44`)));
    const bundle = await bytesOf(await get(`${world.workspace}/tile/entries/001.p/44`, auditor));
    const entries: string[] = [];
    for (let at = 0; at < bundle.length;) {
      const length = bundle.readUInt16BE(at);
      entries.push(bundle.subarray(at + 2, at + 2 + length).toString());
      at += 2 + length;
    }
    expect(entries.map((entry) => JSON.parse(entry).data.at)).toEqual(
      Array.from({ length: 44 }, (_, at) => 256 + at),
    );
    for (const [at, entry] of entries.entries()) {
      const leaf = createHash('sha256')
        .update(Buffer.from([0]))
        .update(entry)
        .digest();
      expect(leaf).toEqual(hashes[at]);
    }
  });

  it('has no tile past the tree, and none at another spelling', async () => {
    const none = [
      'tile/0/001',
      'tile/0/001.p/45',
      'tile/0/002.p/1',
      'tile/1/000',
      'tile/2/000.p/1',
    ];
    none.push('tile/0/1', 'tile/0/000.p/256', 'tile/entries', 'tile/0/..%2f000', 'tile/64/000');
    for (const path of none)
      expect((await get(`${world.workspace}/${path}`)).status, path).toBe(404);
    for (const workspace of [newId('ws'), 'ws_1', '%27']) {
      expect((await get(`${workspace}/checkpoint`)).status).toBe(404);
      expect((await get(`${workspace}/tile/0/000.p/1`)).status).toBe(404);
    }
  });

  it('keeps the entries from everyone else, and says so in the trail', async () => {
    const entries = `${world.workspace}/tile/entries/000`;
    expect((await get(entries)).status).toBe(401);
    const dead = await get(entries, 'cst_pat_00000000000000000000');
    expect(dead.status).toBe(401);
    expect(dead.headers.get('www-authenticate')).toContain('error="invalid_token"');
    const revoked = await tokenOf(world, 'auditor', { revokedAt: new Date() });
    expect((await get(entries, revoked)).status).toBe(401);
    expect((await get(entries, await tokenOf(other, 'auditor'))).status).toBe(404);

    const before = (await eventsOf(world.workspace)).length;
    const refused = await get(entries, await tokenOf(world, 'approver'));
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({ code: 'forbidden' });
    const events = (await eventsOf(world.workspace)).slice(before);
    expect(events).toMatchObject([{ type: 'request.refused', outcome: 'refused' }]);
  });

  it('says when an event is too long for an entry bundle, as older ones are; its hash is there all the same', async () => {
    await say(other.workspace, 1);
    const owner = new pg.Client({ connectionString: ownerUrl('trail') });
    await owner.connect();
    // The sequencer writes none any more.
    await owner.query(
      `UPDATE events SET body = body || repeat(' ', 70000) WHERE workspace_id = $1 AND idx = 3`,
      [other.workspace],
    );
    await owner.end();
    const auditor = await tokenOf(other, 'auditor');
    const response = await get(`${other.workspace}/tile/entries/000.p/4`, auditor);
    expect([response.status, (await response.json()).code]).toEqual([404, 'entry_too_long']);
    expect((await get(`${other.workspace}/tile/entries/000.p/3`, auditor)).status).toBe(200);
    expect((await get(`${other.workspace}/tile/0/000.p/4`)).status).toBe(200);
  });
});
