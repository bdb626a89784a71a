import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { closeDb } from '@/lib/infra/db';
import { ownerUrl, roleUrl } from '@/lib/infra/db-roles';
import { env, setEnv } from '@/lib/infra/env';
import { startTestDatabase, type TestDatabase } from '@/lib/infra/testing/database';
import { clock } from '@/lib/kernel/clock';
import { firstAdminLink, newWorkspaceLink, setUp } from './service/setup';
import { signInWithPassword } from './service/sign-in';
import { createWorkspace } from './service/workspace';
import { eventTypes, PASSWORD } from './test/workspace';

// The first admin can only be made where there is no workspace, so this suite has a server of its own.
let database: TestDatabase;

beforeAll(async () => {
  database = await startTestDatabase();
});
afterEach(() => vi.restoreAllMocks());
afterAll(async () => {
  await closeDb();
  await database.stop();
});

const form = {
  workspaceName: 'Northwind',
  timeZone: 'Europe/Berlin',
  name: 'Ada Admin',
  email: 'ada@example.test',
  password: PASSWORD,
};
const tokenOf = (link: string | null) => link?.split('#token=')[1] ?? '';
async function rowsAs(url: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query('SELECT * FROM setup_offer')).rows;
  } finally {
    await client.end();
  }
}
const ended = { status: 410, code: 'setup_link_ended' };

it('is offered while there is no workspace, by a link that stays the same for a day', async () => {
  const link = await firstAdminLink();
  expect(link).toMatch(new RegExp(`^${env().CONSOLE_URL}/setup#token=[\\w-]{43}$`));
  expect(await firstAdminLink()).toBe(link);
  // From several processes at once, each with a data directory of its own.
  setEnv({ COUNTERSIGN_DATA_DIR: '/nowhere' });
  expect(await Promise.all([firstAdminLink(), firstAdminLink()])).toEqual([link, link]);
  setEnv(database.env);

  const now = clock.now().getTime();
  vi.spyOn(clock, 'now').mockImplementation(() => new Date(now + 25 * 3_600_000));
  await expect(setUp({ ...form, token: tokenOf(link) })).rejects.toMatchObject(ended);
  expect(await firstAdminLink()).not.toBe(link);
});

it('keeps nothing of the link that would make one, and nothing that other roles may read', async () => {
  const token = tokenOf(await firstAdminLink());
  expect(await rowsAs(ownerUrl('control'))).toMatchObject([{ only_one: true }]);
  expect(JSON.stringify(await rowsAs(ownerUrl('control')))).not.toContain(token);
  for (const role of ['countersign_gateway', 'countersign_sequencer'] as const)
    await expect(rowsAs(roleUrl(role))).rejects.toMatchObject({ code: '42501' });
});

it('refuses a wrong token and a weak password, and makes nothing', async () => {
  const token = tokenOf(await firstAdminLink());
  await expect(setUp({ ...form, token: 'A'.repeat(43) })).rejects.toMatchObject(ended);
  await expect(setUp({ ...form, token, password: 'short' })).rejects.toMatchObject({
    status: 422,
    errors: [{ field: 'password' }],
  });
  expect(await firstAdminLink()).not.toBeNull();
});

it('makes one workspace and one admin, however many ask at once, and no other', async () => {
  const token = tokenOf(await firstAdminLink());
  const outcomes = await Promise.allSettled(
    [1, 2, 3, 4].map((n) => setUp({ ...form, email: `ada${n}@example.test`, token })),
  );
  const made = outcomes.filter((each) => each.status === 'fulfilled').map((each) => each.value);
  expect(made).toHaveLength(1);
  expect(await eventTypes(made[0]?.workspace ?? '')).toEqual(['workspace.created', 'member.added']);

  const winner = outcomes.findIndex((each) => each.status === 'fulfilled') + 1;
  const signedIn = await signInWithPassword({
    email: `ada${winner}@example.test`,
    password: PASSWORD,
    address: '192.0.2.1',
    userAgent: 'vitest',
  });
  expect(signedIn.workspace).toBe(made[0]?.workspace);

  expect(await firstAdminLink()).toBeNull();
  expect(await rowsAs(ownerUrl('control'))).toEqual([]);
  await expect(setUp({ ...form, token })).rejects.toMatchObject(ended);
  await expect(
    createWorkspace({ name: 'Second' }, { name: 'B', email: 'b@example.test', password: PASSWORD }),
  ).rejects.toMatchObject({ code: 'already_set_up' });
});

it('makes a further workspace by a link that was asked for, once', async () => {
  const link = await newWorkspaceLink();
  expect(await newWorkspaceLink()).toBe(link);
  expect(await firstAdminLink()).toBeNull();
  const token = tokenOf(link);
  const member = { ...form, workspaceName: 'Harbour', token };
  await setUp({ ...member, email: 'ada@example.test' });
  const again = tokenOf(await newWorkspaceLink());
  expect(again).not.toBe(token);
  // What is refused leaves the link as it was.
  await expect(setUp({ ...member, token: again, email: 'ada@example.test' })).rejects.toMatchObject(
    { code: 'email_taken' },
  );

  const outcomes = await Promise.allSettled(
    [1, 2, 3, 4].map((n) => setUp({ ...form, email: `bo${n}@example.test`, token: again })),
  );
  const lost = outcomes.filter((each) => each.status === 'rejected').map((each) => each.reason);
  expect(lost).toHaveLength(3);
  for (const each of lost) expect(each).toMatchObject(ended);
  expect(await rowsAs(ownerUrl('control'))).toEqual([]);
  await expect(setUp({ ...form, email: 'cy@example.test', token })).rejects.toMatchObject(ended);
});

it('does not take for a further one the link that was made for the first', async () => {
  const owner = new pg.Client({ connectionString: ownerUrl('control') });
  await owner.connect();
  await newWorkspaceLink();
  await owner.query('UPDATE setup_offer SET further = false');
  const before = await rowsAs(ownerUrl('control'));
  const link = await newWorkspaceLink();
  expect(await rowsAs(ownerUrl('control'))).not.toEqual(before);
  await owner.query('UPDATE setup_offer SET further = false');
  await owner.end();
  await expect(
    setUp({ ...form, email: 'di@example.test', token: tokenOf(link) }),
  ).rejects.toMatchObject(ended);
});
