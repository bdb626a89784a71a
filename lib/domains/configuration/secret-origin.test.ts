import { beforeAll, expect, it } from 'vitest';
import type { Problem } from '@/lib/kernel/problem';
import type { FileProblem } from './schema';
import { applyConfiguration } from './service/apply';
import { applied, as, edited, filesOf, planOf, richWorld, type World } from './test/rich';

let world: World;

beforeAll(async () => {
  world = await richWorld();
});

const LISTENER = 'https://listener.example';

/** What is wrong with the files, whether they are planned or applied; nothing of it is done. */
async function problemsOf(files: Record<string, string>): Promise<FileProblem[]> {
  const before = await filesOf(world);
  const digest = `sha256:${'0'.repeat(64)}`;
  const planned = (await planOf(world, files).catch((error: unknown) => error)) as Problem;
  const refused = await applyConfiguration(as(world), { files, digest }).catch(
    (error: unknown) => error,
  );
  expect((refused as Problem).toJSON()).toEqual(planned.toJSON());
  expect(await filesOf(world)).toEqual(before);
  return planned.extra?.['problems'] as FileProblem[];
}

it('a file sends no secret elsewhere, as a tool or as its rotator', async () => {
  const files = await filesOf(world);
  const words = expect.stringContaining('was entered for https://orders.example.test.');
  const moved = edited(files, 'tools/orders.json', (tool) => ({ ...tool, baseUrl: LISTENER }));
  expect(await problemsOf(moved)).toEqual([
    expect.objectContaining({ file: 'tools/orders.json', field: 'baseUrl', message: words }),
  ]);
  const tool = JSON.stringify({
    ...{ name: 'listener', description: '', baseUrl: LISTENER, auth: { type: 'bearer' } },
    secret: 'orders.api_key',
  });
  expect(await problemsOf({ ...files, 'tools/listener.json': tool })).toEqual([
    expect.objectContaining({ file: 'tools/listener.json', field: 'secret', message: words }),
  ]);
  const isRenewed = (file: string) => file.startsWith('secrets/') && file.includes('ul.json');
  const renewed = Object.keys(files).find(isRenewed) ?? '';
  const rotator = { kind: 'http_api_keys', baseUrl: LISTENER, graceSeconds: 10 };
  const elsewhere = edited(files, renewed, (secret) => ({ ...secret, rotator }));
  expect(await problemsOf(elsewhere)).toEqual([
    expect.objectContaining({
      file: renewed,
      field: 'rotator.baseUrl',
      message: expect.stringContaining('was entered for https://keys.example.test.'),
    }),
  ]);
});

it('another path of the same origin is a change like any other', async () => {
  const baseUrl = 'https://orders.example.test/v2';
  const files = edited(await filesOf(world), 'tools/orders.json', (tool) => ({ ...tool, baseUrl }));
  await applied(world, files);
  expect(await filesOf(world)).toEqual(files);
});
