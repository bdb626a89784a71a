import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { inWorkspace } from '@/lib/infra/db';
import { eventsOf } from '@/lib/infra/testing/events';
import type { Problem } from '@/lib/kernel/problem';
import type { FileProblem } from './schema';
import { applied, as, edited, emptyWorld, filesOf, planOf, type World } from './test/rich';
import { applyConfiguration } from './service/apply';

/** The sample workspace that AuthZEN's certification scenario is asked of. */
const FOLDER = path.resolve('workers/demo/authzen');
const sample = Object.fromEntries(
  readdirSync(FOLDER, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const file = path.join(entry.parentPath, entry.name);
      return [path.relative(FOLDER, file), readFileSync(file, 'utf8')];
    }),
);
const policy = 'cedar/policies/certification.cedar';
const schema = 'cedar/schema.cedarschema';
const entities = 'cedar/entities.json';

let world: World;
let files: Record<string, string>;

beforeAll(async () => {
  world = await emptyWorld();
  await applied(world, sample);
  files = await filesOf(world);
});

async function refused(broken: Record<string, string>): Promise<FileProblem[]> {
  const said = (await eventsOf(world.workspace)).length;
  const asked = { files: broken, digest: `sha256:${'0'.repeat(64)}` };
  const error: unknown = await applyConfiguration(as(world), asked).catch((each: unknown) => each);
  expect((error as Problem).code).toBe('invalid_configuration');
  expect(await filesOf(world)).toEqual(files);
  expect((await eventsOf(world.workspace)).length).toBe(said);
  return (error as Problem).extra?.['problems'] as FileProblem[];
}

describe('policies by hand, their types and entities', () => {
  it('are applied from the folder of the certification, and come out as they were', async () => {
    expect(files).toMatchObject({ [policy]: sample[policy], [schema]: sample[schema] });
    expect(JSON.parse(files[entities] ?? '')).toHaveLength(
      (JSON.parse(sample[entities] ?? '') as unknown[]).length,
    );
    const other = await emptyWorld();
    await applied(other, files);
    expect(await filesOf(other)).toEqual(files);
    expect((await planOf(other, files)).changes).toEqual([]);
    expect((await planOf(other, sample)).changes).toEqual([]);
  });

  it('change together where each needs the other, each with its event', async () => {
    const own = await emptyWorld();
    const first = {
      [schema]: 'entity a;\naction go appliesTo { principal: a, resource: a };\n',
      'cedar/policies/one.cedar': 'permit (principal is a, action == Action::"go", resource);\n',
    };
    await applied(own, first);
    const second = {
      [schema]: 'entity b;\naction go appliesTo { principal: b, resource: b };\n',
      'cedar/policies/one.cedar': 'permit (principal is b, action == Action::"go", resource);\n',
      [entities]: `${JSON.stringify([{ type: 'b', id: 'x', properties: {}, parents: [] }])}\n`,
    };
    const plan = await applied(own, second);
    expect(plan.widens).toBe(true);
    const stands = await filesOf(own);
    expect(stands).toMatchObject({ [schema]: second[schema], ...pick(second, 'one.cedar') });
    const types = (await eventsOf(own.workspace)).map(({ type }) => type);
    for (const type of [
      'cedar_policy.created',
      'cedar_policy.updated',
      'cedar_schema.changed',
      'entity.created',
    ]) {
      expect(types).toContain(type);
    }
    await applied(own, { 'workspace.json': stands['workspace.json'] ?? '' });
    expect(Object.keys(await filesOf(own))).toEqual(['workspace.json']);
    const rows = await inWorkspace(own.workspace, async (tx) => [
      await tx.cedarPolicy.count(),
      await tx.entity.count(),
    ]);
    expect(rows).toEqual([0, 0]);
  });

  it.each<[string, () => Record<string, string>, object]>([
    [
      'a policy that is none',
      () => ({ ...files, [policy]: `${files[policy]}\npermit (principal,` }),
      { file: policy, line: expect.any(Number) },
    ],
    [
      'a policy of a type that is not declared',
      () => ({
        ...files,
        'cedar/policies/odd.cedar': '\n\npermit (principal is ship, action, resource);\n',
      }),
      { file: 'cedar/policies/odd.cedar', line: 3 },
    ],
    [
      'a name that policies cannot have',
      () => ({ ...files, 'cedar/policies/Odd.cedar': 'permit (principal, action, resource);' }),
      { file: 'cedar/policies/Odd.cedar' },
    ],
    [
      'a schema that is none',
      () => ({ ...files, [schema]: 'entity user {' }),
      { file: schema, line: 1 },
    ],
    [
      'an entity of a type that is not declared',
      () =>
        edited(files, entities, (list) => [
          ...(list as unknown as object[]),
          { type: 'ship', id: 'x', properties: {}, parents: [] },
        ]),
      { file: entities, field: expect.stringMatching(/^\[\d+\]\.type$/) },
    ],
    [
      'an entity twice',
      () =>
        edited(files, entities, (list) => [
          ...(list as unknown as object[]),
          (list as unknown as object[])[0],
        ]),
      { file: entities, message: 'is there twice' },
    ],
    [
      'a file that is none of Cedar',
      () => ({ ...files, 'cedar/notes.cedar': 'hello' }),
      { file: 'cedar/notes.cedar', message: 'is no file of a configuration' },
    ],
  ])('refuses %s by file and line, and writes nothing', async (_, broken, expected) => {
    const problems = await refused(broken());
    expect(problems).toContainEqual(expect.objectContaining(expected));
  });
});

function pick(from: Record<string, string>, end: string): Record<string, string> {
  return Object.fromEntries(Object.entries(from).filter(([file]) => file.endsWith(end)));
}
