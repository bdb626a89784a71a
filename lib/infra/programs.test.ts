import { describe, expect, it } from 'vitest';
import { bundleProgram } from './bundle';
import { programs } from './programs';

const inVain = (name: string, sources: readonly string[]) =>
  sources.filter((source) => programs.find((one) => one.name === name)?.without.test(source));

describe('what a program has no use for', () => {
  it('is found in what it is made of: pages in a worker', async () => {
    const { sources } = await bundleProgram('components/ui/badge.tsx');
    expect(inVain('jobs', sources)).toContain('components/ui/badge.tsx');
  });

  it('is found in what it is made of: the database client in the exporter', async () => {
    const { sources } = await bundleProgram('lib/infra/db.ts');
    expect(inVain('exporter', sources)).toContain('lib/infra/generated/prisma/client.ts');
  });

  it.each(programs)('is not in $name', async ({ name, entry, ...options }) => {
    const { sources } = await bundleProgram(entry, options);
    expect(sources).toContain(entry);
    expect(inVain(name, sources)).toEqual([]);
  });
});
