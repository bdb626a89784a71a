import { beforeAll, describe, expect, it } from 'vitest';
import { Problem } from '@/lib/kernel/problem';
import type { FileProblem } from './schema';
import { applyConfiguration } from './service/apply';
import { as, edited, filesOf, planOf, richWorld, type World } from './test/rich';

let world: World;
let files: Record<string, string>;

beforeAll(async () => {
  world = await richWorld();
  files = await filesOf(world);
});

const role = 'roles/refunds.json';

/** Everything that is wrong, whether it is planned or applied; nothing of it is done. */
async function problemsOf(broken: Record<string, string>): Promise<FileProblem[]> {
  const asked = { files: broken, digest: `sha256:${'0'.repeat(64)}` };
  const planned = await planOf(world, broken).catch((error: unknown) => error);
  const applied = await applyConfiguration(as(world), asked).catch((error: unknown) => error);
  expect(planned).toBeInstanceOf(Problem);
  expect((planned as Problem).code).toBe('invalid_configuration');
  expect((applied as Problem).toJSON()).toEqual((planned as Problem).toJSON());
  expect(await filesOf(world)).toEqual(files);
  return (planned as Problem).extra?.['problems'] as FileProblem[];
}

function replaced(file: string, from: string | RegExp, to: string): Record<string, string> {
  const text = files[file] ?? '';
  expect(text).toMatch(from);
  return { ...files, [file]: text.replace(from, to) };
}

describe('a file that is no JSON', () => {
  it.each<[string, string | RegExp, string, number, number, string]>([
    ['a comma too many', '"Gives money back",', '"Gives money back",,', 3, 37, 'has a property'],
    ['a word', '"Gives money back"', 'Gives', 3, 18, 'is no value'],
    ['a comment', '"Gives money back",', '"Gives money back", // why', 3, 38, 'has a comment'],
    ['no end', /\}\s*$/, '', 71, 1, 'lacks a closing }'],
    ['a name twice', '"description"', '"name"', 3, 3, 'is there twice'],
    ['a sign that is none', 'Gives money', 'Gives\\u0000money', 3, 18, 'cannot be kept'],
    ['a rounded number', '"max": 1000', '"max": 9007199254740993', 50, 18, 'too large'],
  ])('has %s', async (_, from, to, line, column, message) => {
    expect(await problemsOf(replaced(role, from, to))).toEqual([
      expect.objectContaining({
        file: role,
        line,
        column,
        message: expect.stringContaining(message),
      }),
    ]);
  });

  it('is nested beyond all use', async () => {
    const deep = '['.repeat(50_000) + ']'.repeat(50_000);
    const text = `{ "parameters": ${deep} }`;
    expect(await problemsOf({ ...files, 'action-types/refunds.create.json': text })).toEqual([
      expect.objectContaining({ line: 1, message: 'is nested too deeply' }),
    ]);
  });
});

describe('a file that is not so', () => {
  it.each<[string, string, string | RegExp, string, number, string, string]>([
    ['an unknown field', role, '"name"', '"title"', 2, 'title', 'is not a known field'],
    [
      'a wrong type',
      role,
      '"perHour": 10',
      '"perHour": "ten"',
      47,
      'permissions[0].limits.perHour',
      'number',
    ],
    [
      'rungs that fall',
      role,
      '"supervised": 100.5',
      '"supervised": 1',
      11,
      'permissions[0].ladder.supervised',
      'below',
    ],
    ['a tier and a ladder', role, '"tier": null', '"tier": 2', 7, 'permissions[0].tier', 'either'],
    [
      'another name',
      role,
      '"refunds"',
      '"refunds-2"',
      2,
      'name',
      'belongs in roles/refunds-2.json',
    ],
    [
      'a time zone',
      'workspace.json',
      'Europe/Berlin',
      'Europe/Nowhere',
      2,
      'timeZone',
      'time zone',
    ],
  ])('has %s', async (_, file, from, to, line, field, message) => {
    expect(await problemsOf(replaced(file, from, to))).toContainEqual(
      expect.objectContaining({ file, line, field, message: expect.stringContaining(message) }),
    );
  });

  it('lacks a field', async () => {
    const broken = edited(files, 'agents/support.json', (agent) => {
      const { model, ...others } = agent;
      expect(model).toBe('model-1');
      return others;
    });
    expect(await problemsOf(broken)).toEqual([
      expect.objectContaining({ line: 1, field: 'model', message: 'is missing' }),
    ]);
  });

  it('has a secret’s value', async () => {
    const broken = edited(files, 'secrets/%6eul.json', (secret) => ({ ...secret, value: 'x' }));
    expect(await problemsOf(broken)).toEqual([
      expect.objectContaining({ field: 'value', message: 'is not a known field' }),
    ]);
  });

  it('has no place', async () => {
    expect(
      await problemsOf({ ...files, 'role/refunds.json': '{}', '../roles/x.json': '{}' }),
    ).toEqual(
      ['../roles/x.json', 'role/refunds.json'].map((file) =>
        expect.objectContaining({ file, message: 'is no file of a configuration' }),
      ),
    );
  });
});

describe('a file that names what is not there', () => {
  it.each<[string, string, string, number, string]>([
    ['agents/support.json', '"aux"', '"admins"', 9, 'roles[0]'],
    ['tools/orders.json', '"orders.api_key"', '"other.key"', 9, 'secret'],
    [
      'action-types/con.read.json'.replace('con', '%63on'),
      '"tool": "orders"',
      '"tool": "none"',
      3,
      'tool',
    ],
    [
      role,
      /"action": "refunds.create",\n {6}"tier": 3/.source,
      '"action": "refunds.undo", "tier": 3',
      55,
      'permissions[1].action',
    ],
  ])('%s', async (file, from, to, line, field) => {
    expect(await problemsOf(replaced(file, new RegExp(from), to))).toEqual([
      expect.objectContaining({
        file,
        line,
        field,
        message: expect.stringContaining('there is no'),
      }),
    ]);
  });
});

describe('a file that breaks a rule of a room', () => {
  it('is told of at the place that breaks it, all at once, in the order of the file', async () => {
    // Not in the order in which permissions are kept.
    const first = edited(files, role, (document) => ({
      ...document,
      permissions: (document['permissions'] as unknown as object[]).toReversed().map((one, at) =>
        at === 0
          ? {
              ...one,
              tier: null,
              ladder: { parameter: 'zone', autonomous: 1, supervised: 2, gated: 3 },
            }
          : one,
      ),
    }));
    const both = edited(first, 'action-types/%63on.read.json', (document) => ({
      ...document,
      pathTemplate: '/orders/{id}',
    }));
    expect(await problemsOf(both)).toEqual([
      expect.objectContaining({ file: 'action-types/%63on.read.json', field: 'pathTemplate' }),
      expect.objectContaining({ file: role, field: 'permissions[0].ladder.parameter' }),
    ]);
  });

  it('does not blame what only depends on it', async () => {
    const broken = edited(files, 'action-types/refunds.create.json', (document) => ({
      ...document,
      sentence: 'Refund {everything}',
    }));
    expect((await problemsOf(broken)).map(({ file, field }) => [file, field])).toEqual([
      ['action-types/refunds.create.json', 'sentence'],
    ]);
  });

  it('links one place to two fields of two assets', async () => {
    const broken = edited(
      files,
      'data-assets/%4bunden%2f%c3%84rzte%20..%20%2541%20%22x%22.json',
      (asset) => ({
        ...asset,
        fields: (asset['fields'] as unknown as { links: object[] }[]).map((field, at) =>
          at === 1
            ? {
                ...field,
                links: [{ actionType: 'refunds.create', direction: 'input', path: 'order_id' }],
              }
            : field,
        ),
      }),
    );
    expect(await problemsOf(broken)).toEqual([
      expect.objectContaining({ field: 'fields[1].links[0].path' }),
    ]);
  });
});
