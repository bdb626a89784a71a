import fc from 'fast-check';
import { expect, it } from 'vitest';
import { printAll } from './perform';
import { configurations } from './test/random';
import { applied, emptyWorld, filesOf, planOf } from './test/rich';
import { readWanted } from './wanted';

/** Sixteen whole configurations take a while on a busy machine. */
const WORLDS_LIMIT_MS = 600_000;

it(
  'any configuration makes a workspace that exports it again, whatever stood there before',
  async () => {
    await fc.assert(
      fc.asyncProperty(configurations, configurations, async (one, other) => {
        const world = await emptyWorld();
        for (const files of [one, other]) {
          await applied(world, files);
          const exported = await filesOf(world);
          // In one form, however they were written.
          expect(exported).toEqual(printAll(readWanted(files).documents));
          expect((await planOf(world, exported)).changes).toEqual([]);
        }
      }),
      // What fails is told as it is: to make it smaller would take longer than there is.
      { numRuns: 8, endOnFailure: true },
    );
  },
  WORLDS_LIMIT_MS,
);

it('one form is read as itself', () => {
  fc.assert(
    fc.property(configurations, (files) => {
      const printed = printAll(readWanted(files).documents);
      expect(printAll(readWanted(printed).documents)).toEqual(printed);
    }),
    { numRuns: 200 },
  );
});
