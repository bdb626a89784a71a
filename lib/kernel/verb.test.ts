import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { eventsOf } from '@/lib/infra/testing/events';
import { mintWorld, type World } from '@/lib/infra/testing/world';
import type { Context } from './context';
import { newId } from './ids';
import { Problem } from './problem';
import { allow, deny } from './verdict';
import { parse, query, verb } from './verb';

let world: World;

beforeAll(async () => {
  world = await mintWorld();
});

function member(roles: string[], scopes?: string[]): Context {
  return {
    workspace: world.workspace,
    requestId: newId('req'),
    actor: {
      ...{ type: 'member', id: world.admin, name: 'The admin', roles, abilities: [] },
      ...{ method: 'password', authenticatedAt: 0 },
      ...(scopes ? { tokenId: 'pat', scopes } : { sessionId: 'mss' }),
    },
  };
}

const outbox = () => eventsOf(world.workspace);

const rename = verb({
  name: 'test.rename',
  input: z.strictObject({ name: z.string().min(2), quiet: z.boolean().default(false) }),
  output: z.object({ name: z.string() }),
  permit: (actor) =>
    actor.type === 'member' && actor.roles.includes('admin')
      ? allow
      : deny('Only an admin renames.'),
  run: async ({ input, tx, event }) => {
    await tx.agent.update({ where: { id: world.agent }, data: { purpose: input.name } });
    if (!input.quiet) event({ type: 'agent.updated', data: { after: input.name } });
    return { name: input.name };
  },
});

const purpose = query({
  name: 'test.purpose',
  input: z.strictObject({}),
  output: z.string(),
  permit: () => allow,
  run: async ({ tx }) => (await tx.agent.findUniqueOrThrow({ where: { id: world.agent } })).purpose,
});

describe('two verbs that wait for each other', () => {
  it('are both done, the one that was ended anew, with one event and one work afterwards each', async () => {
    const after: string[] = [];
    let attempts = 0;
    let meet = () => {};
    const met = new Promise<void>((resolve) => (meet = resolve));
    const crosswise = verb({
      name: 'test.crosswise',
      input: z.strictObject({ order: z.array(z.enum(['agents', 'workspaces'])) }),
      output: z.object({}),
      permit: () => allow,
      run: async (deed) => {
        const [first, second] = deed.input.order;
        const locks = {
          agents: () => deed.tx.$queryRaw`SELECT 1 FROM agents FOR UPDATE`,
          workspaces: () => deed.tx.$queryRaw`SELECT 1 FROM workspaces FOR UPDATE`,
        };
        if (first) await locks[first]();
        attempts += 1;
        if (attempts === 2) meet();
        await met;
        if (second) await locks[second]();
        deed.event({ type: 'agent.updated', data: { first } });
        deed.after(() => Promise.resolve(after.push(first ?? '')));
        return {};
      },
    });
    const before = (await outbox()).length;
    await Promise.all([
      crosswise(member(['admin']), { order: ['agents', 'workspaces'] }),
      crosswise(member(['admin']), { order: ['workspaces', 'agents'] }),
    ]);
    expect(attempts).toBe(3);
    expect((await outbox()).length).toBe(before + 2);
    expect(after.toSorted()).toEqual(['agents', 'workspaces']);
  });
});

describe('verb', () => {
  it('commits the deed with its event', async () => {
    await rename(member(['admin']), { name: 'first' });
    expect(await purpose(member([]), {})).toBe('first');
    expect((await outbox()).at(-1)).toMatchObject({
      type: 'agent.updated',
      actor: { type: 'member', id: world.admin },
      workspace: world.workspace,
      data: { after: 'first' },
    });
  });

  it('cannot be written without an event: the deed is undone', async () => {
    const before = await outbox();
    await expect(rename(member(['admin']), { name: 'silent', quiet: true })).rejects.toThrow(
      /said no event/,
    );
    expect(await purpose(member([]), {})).not.toBe('silent');
    expect(await outbox()).toEqual(before);
  });

  it('writes nothing but the refusal for who may not', async () => {
    const before = await outbox();
    await expect(rename(member(['auditor']), { name: 'refused' })).rejects.toMatchObject({
      status: 403,
    });
    expect(await purpose(member([]), {})).not.toBe('refused');
    const added = (await outbox()).slice(before.length);
    expect(added).toEqual([
      expect.objectContaining({
        type: 'request.refused',
        object: { type: 'operation', id: 'test.rename' },
      }),
    ]);
  });

  it('refuses a read-only token to change anything', async () => {
    await expect(rename(member(['admin'], ['read']), { name: 'token' })).rejects.toMatchObject({
      status: 403,
    });
    await expect(rename(member(['admin'], []), { name: 'token' })).rejects.toMatchObject({
      status: 403,
    });
    await expect(rename(member(['admin'], ['write']), { name: 'by token' })).resolves.toEqual({
      name: 'by token',
    });
  });

  it('names every wrong field, and writes nothing', async () => {
    const before = await outbox();
    const problem = await rename(member(['admin']), { name: 'x', other: 1 }).catch(
      (error: unknown) => error,
    );
    expect(problem).toBeInstanceOf(Problem);
    expect((problem as Problem).status).toBe(422);
    expect((problem as Problem).errors?.map(({ field }) => field).toSorted()).toEqual([
      'name',
      'other',
    ]);
    expect(await outbox()).toEqual(before);
  });

  it('sees nothing of another workspace', async () => {
    const other = await mintWorld();
    await expect(
      rename({ ...member(['admin']), workspace: other.workspace }, { name: 'stolen' }),
    ).rejects.toThrow(/No record was found|not found/i);
    expect(await purpose(member([]), {})).not.toBe('stolen');
  });
});

describe('a verb within another', () => {
  const both = verb({
    name: 'test.both',
    input: z.strictObject({ names: z.array(z.string()) }),
    output: z.null(),
    permit: () => allow,
    run: async ({ input, ...deed }) => {
      for (const name of input.names) await rename.within(deed, { name });
      deed.event({ type: 'agent.updated', data: { after: 'both' } });
      return null;
    },
  });

  it('is part of its deed, with its events', async () => {
    const before = await outbox();
    await both(member(['admin']), { names: ['one of both', 'two of both'] });
    expect(await purpose(member([]), {})).toBe('two of both');
    const said = (await outbox()).slice(before.length).map(({ data }) => data);
    expect(said).toEqual([{ after: 'one of both' }, { after: 'two of both' }, { after: 'both' }]);
  });

  it('is parsed and permitted as ever, and undone with it', async () => {
    const half = both(member(['admin']), { names: ['half of both', 'x'] });
    await expect(half).rejects.toMatchObject({ status: 422 });
    const other = both(member(['auditor']), { names: ['by an auditor'] });
    await expect(other).rejects.toMatchObject({ status: 403 });
    const reading = both(member(['admin'], ['read']), { names: ['by a token'] });
    await expect(reading).rejects.toMatchObject({ status: 403 });
    expect(await purpose(member([]), {})).not.toMatch(/half|auditor|token/);
  });
});

describe('query', () => {
  it('cannot write', async () => {
    const sneaky = query({
      name: 'test.sneaky',
      input: z.strictObject({}),
      output: z.null(),
      permit: () => allow,
      run: async ({ tx }) => {
        await tx.agent.update({ where: { id: world.agent }, data: { purpose: 'sneaked' } });
        return null;
      },
    });
    await expect(sneaky(member(['admin']), {})).rejects.toThrow(/read-only|25006/);
    expect(await purpose(member([]), {})).not.toBe('sneaked');
  });
});

it('a hundred wrong fields are named, and no more of however many', () => {
  const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`f${n}`, n]));
  const errors = (value: unknown) => {
    try {
      parse(z.strictObject({}), value);
    } catch (error) {
      return error instanceof Problem ? error.errors : undefined;
    }
    return undefined;
  };
  expect(errors({ f0: 0, f1: 1 })).toHaveLength(2);
  expect(errors(many)).toHaveLength(100);
});
