import { expect, it } from 'vitest';
import { agentPermissions } from '@/lib/domains/access/server';
import { inWorkspace } from '@/lib/infra/db';
import {
  applied,
  as,
  edited,
  emailOf,
  emptyWorld,
  filesOf,
  planOf,
  richWorld,
  SECRET_VALUE,
} from './test/rich';

it('makes an empty workspace the same, file by file and byte by byte', async () => {
  const from = await richWorld();
  const files = await filesOf(from);
  expect(Object.keys(files)).toEqual([
    'action-types/%63on.read.json',
    'action-types/refunds.create.json',
    'agents/%6cpt1.json',
    'agents/support.json',
    'approvals/routes.json',
    'approver-groups/%46inance%20%26%20%53%c3%b6hne.json',
    'approver-groups/heads.json',
    'data-assets/%4bunden%2f%c3%84rzte%20..%20%2541%20%22x%22.json',
    expect.stringMatching(/^data-assets\/(%e6%bc%a2)+%e6~[0-9a-f]{32}\.json$/),
    'data-assets/kunden%2f%c3%a4rzte%20..%20%2541%20%22x%22.json',
    'roles/%61ux.json',
    'roles/refunds.json',
    'secrets/%6eul.json',
    'secrets/orders.api_key.json',
    'tools/%63on.json',
    'tools/orders.json',
    'workspace.json',
  ]);
  expect(JSON.stringify(files)).not.toContain(SECRET_VALUE);
  expect(JSON.stringify(files)).not.toMatch(/\b(agt|rol|prm|tol|aty|sec|ast|fld|mbr|ws|grp|rte)_/);
  // Where the same people are members, as in another installation.
  const email = await emailOf(from);
  await emailOf(from, `moved-${email}`);
  const to = await emptyWorld();
  await emailOf(to, email);
  const plan = await applied(to, files);
  expect(plan.changes.map(({ kind }) => kind)).toContain('added');
  expect(await filesOf(to)).toEqual(files);
  expect((await planOf(to, files)).changes).toEqual([]);
  // Tools that need a secret find none until an admin sets one.
  const versions = await inWorkspace(to.workspace, (tx) => tx.secretVersion.count());
  expect(versions).toBe(0);
});

it('is done once: what is equal is not touched', async () => {
  const world = await richWorld();
  const files = await filesOf(world);
  const stamp = () =>
    inWorkspace(world.workspace, async (tx) => [
      await tx.role.findMany({ orderBy: { id: 'asc' } }),
      await tx.permission.findMany({ orderBy: { id: 'asc' } }),
      await tx.agent.findMany({ orderBy: { id: 'asc' } }),
      await tx.actionType.findMany({ orderBy: { id: 'asc' } }),
      await tx.dataField.findMany({ orderBy: { id: 'asc' } }),
      await tx.tool.findMany({ orderBy: { id: 'asc' } }),
      await tx.secret.findMany({ orderBy: { id: 'asc' } }),
      await tx.approverGroup.findMany({ include: { members: true }, orderBy: { id: 'asc' } }),
      await tx.approvalRoute.findMany({ orderBy: { id: 'asc' } }),
      await tx.workspace.findFirst(),
    ]);
  const before = await stamp();
  expect(await planOf(world, files)).toMatchObject({ changes: [], effects: [], widens: false });
  expect(await applied(world, files)).toMatchObject({ changes: [] });
  expect(await stamp()).toEqual(before);
  // However the files are laid out.
  const compact = Object.fromEntries(
    Object.entries(files).map(([file, text]) => [file, JSON.stringify(JSON.parse(text))]),
  );
  expect(await planOf(world, compact)).toMatchObject({ changes: [] });
});

it('says what changes in words, and whether agents may do more', async () => {
  const world = await richWorld();
  const files = edited(await filesOf(world), 'roles/refunds.json', (role) => ({
    ...(role as object),
    permissions: (role['permissions'] as unknown as { ladder: object | null }[]).map((one) =>
      one.ladder ? { ...one, ladder: { ...one.ladder, autonomous: 50 } } : one,
    ),
  }));
  const plan = await planOf(world, files);
  expect(plan).toMatchObject({ widens: true, needsSecondAdmin: false });
  expect(plan.changes).toEqual([
    {
      ...{ file: 'roles/refunds.json', kind: 'changed', final: false },
      words: 'The role refunds is changed',
      details: [expect.stringMatching(/autonomous to 50,.*\(was amount autonomous to 20,/)],
    },
  ]);
  expect(plan.effects).toEqual([
    { words: expect.stringContaining('refunds grants refunds.create'), widens: true },
  ]);
  // Only planned.
  expect(await filesOf(world)).not.toEqual(files);
  await applied(world, files);
  expect(await filesOf(world)).toEqual(files);
  const agent = await inWorkspace(world.workspace, (tx) =>
    tx.agent.findFirstOrThrow({ where: { name: 'support' } }),
  );
  const { items } = await agentPermissions(as(world), { id: agent.id });
  expect(items.map(({ ladder }) => ladder?.autonomous)).toContain(50);
});

it('removes what is in no file any more, says so first, and brings it back', async () => {
  const world = await richWorld();
  const files = await filesOf(world);
  const kept = Object.fromEntries(
    Object.entries(files).filter(([file]) => /^(workspace|agents|secrets)/.test(file)),
  );
  const bare = edited(kept, 'agents/support.json', (agent) => ({
    ...(agent as object),
    roles: [],
  }));
  const plan = await applied(world, bare);
  const removed = plan.changes.filter(({ kind }) => kind === 'removed');
  expect(removed.map(({ words }) => words)).toEqual(
    expect.arrayContaining([
      'The role refunds is retired',
      'The action type refunds.create is retired',
      'The tool orders is retired',
    ]),
  );
  expect(removed.some(({ final }) => final)).toBe(false);
  expect(await filesOf(world)).toEqual(bare);
  // What was retired, with its old permissions, links and members, is again what the files say.
  await applied(world, files);
  expect(await filesOf(world)).toEqual(files);
  const roles = await inWorkspace(world.workspace, (tx) => tx.role.count());
  expect(roles).toBe(2);
});

it('says of an agent and of a secret that their end is final', async () => {
  const world = await richWorld();
  const files = await filesOf(world);
  await inWorkspace(world.workspace, async (tx) => {
    const { id } = await tx.agent.findFirstOrThrow({ where: { name: 'support' } });
    await tx.credential.create({
      data: {
        ...{ id: `crd_${id.slice(4)}`, workspaceId: world.workspace, agentId: id },
        ...{ kind: 'secret', secretHash: id, createdBy: world.admin },
      },
    });
  });
  const { 'agents/support.json': _, 'secrets/%6eul.json': __, ...fewer } = files;
  const plan = await planOf(world, fewer);
  expect(plan.changes).toEqual([
    {
      ...{ file: 'agents/support.json', kind: 'removed', final: true },
      words: 'The agent support is retired for good',
      details: ['It is draft now', 'Credentials that are revoked with it: 1'],
    },
    {
      ...{ file: 'secrets/%6eul.json', kind: 'removed', final: true },
      ...{ words: 'The secret nul is revoked', details: ['Its values are erased'] },
    },
  ]);
  await applied(world, fewer);
  await expect(planOf(world, files)).rejects.toMatchObject({
    status: 422,
    extra: {
      problems: [
        expect.objectContaining({
          file: 'agents/support.json',
          message: expect.stringContaining('was retired for good'),
        }),
      ],
    },
  });
  // A secret's name comes back, its value does not.
  const { 'agents/support.json': ___, ...secretOnly } = files;
  await applied(world, secretOnly);
  const live = await inWorkspace(world.workspace, (tx) =>
    tx.secretVersion.findMany({ where: { secret: { name: 'nul' } } }),
  );
  expect(live.map(({ state, ciphertext }) => [state, ciphertext])).toEqual([['revoked', null]]);
});

it('waits for a sponsor who is no member yet', async () => {
  const from = await richWorld();
  const files = await filesOf(from);
  const to = await emptyWorld();
  await applied(to, files);
  expect(await filesOf(to)).toEqual(files);
  const agent = () =>
    inWorkspace(to.workspace, (tx) => tx.agent.findFirstOrThrow({ where: { name: 'support' } }));
  expect(await agent()).toMatchObject({ sponsorId: null, awaitedSponsor: await emailOf(from) });
  const email = await emailOf(from);
  await emailOf(from, `moved-${email}`);
  await emailOf(to, email);
  const plan = await applied(to, files);
  expect(plan.changes).toEqual([
    expect.objectContaining({
      file: 'agents/support.json',
      details: [`${email} answers for it now`],
    }),
  ]);
  expect(await agent()).toMatchObject({ sponsorId: to.admin, awaitedSponsor: null });
});
