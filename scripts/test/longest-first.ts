/**
 * The order of Vitest's files: the long ones first, so that no worker is left alone with one at
 * the end while the other has nothing to do. A file that is not named comes after them. What needs
 * a process of its own comes before all: it would end one that others share.
 */
import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take the longest, longest first, by what one run of them took. */
const LONGEST = [
  'workers/crash/crash.test.ts',
  'lib/domains/trail/sequencer/sequencer.test.ts',
  'lib/domains/trail/export/files.test.ts',
  'workers/start/start.test.ts',
  'app/api/isolation.test.ts',
  'lib/domains/access/cedar/differential.test.ts',
  'lib/domains/trail/verification/tamper.test.ts',
  'app/api/roles.test.ts',
  'lib/domains/vault/steps/rotation.test.ts',
  'lib/domains/trail/tiles/log.test.ts',
  'lib/domains/trail/export/stream.test.ts',
  'lib/domains/trail/verification/service.test.ts',
  'lib/domains/configuration/command/command.test.ts',
  'lib/domains/reviews/sampling/verify.test.ts',
  'lib/domains/gateway/cedar/by-hand.test.ts',
  'lib/domains/trail/retention/records.test.ts',
  'lib/domains/configuration/cedar.test.ts',
  'lib/domains/gateway/crash.test.ts',
  'scripts/prisma-engine.test.ts',
  'lib/domains/gateway/proof/random.test.ts',
  'lib/domains/approvals/access-refusals.test.ts',
  'lib/domains/configuration/random.test.ts',
];

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const group = ({ project }: TestSpecification) => project.config.sequence.groupOrder;
    const place = ({ moduleId }: TestSpecification) => {
      const at = LONGEST.indexOf(relative(this.ctx.config.root, moduleId));
      return at === -1 ? LONGEST.length : at;
    };
    const shares = ({ project }: TestSpecification) => Number(!project.config.isolate);
    return sorted.toSorted(
      (a, b) => group(a) - group(b) || shares(a) - shares(b) || place(a) - place(b),
    );
  }
}
