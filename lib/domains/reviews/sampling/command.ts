/** `countersign verify-sample`: recomputes what was drawn for review. */
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { readAnchor, reportOn } from '@/lib/domains/trail/cli';
import { verifySample } from './verify';

export const verifySampleUsage = `countersign verify-sample FILE.ndjson --day YYYY-MM-DD [--key KEY] [--checkpoint FILE] [--witness KEY]

Verifies an NDJSON export of the whole trail as verify does, and recomputes from it which actions of the day were drawn
for review: the population, the strata, the seed, the choice. Exit code 0 when the sample is what the log makes it, else 1.

  --day DAY          the day in the workspace's time zone
  --key KEY          the log's verifier key as you were given it (name+id+key)
  --checkpoint FILE  a checkpoint of this log from a second place; the draw must not have used a later one
  --witness KEY      a witness's verifier key; a checkpoint must carry its cosignature

--checkpoint and --witness may be given more than once.
`;

/** Runs the command; gives the exit code. */
export async function verifySampleCommand(args: string[]): Promise<number> {
  return reportOn(
    () => optionsOf(args),
    (source, options, onProgress) => verifySample(source, { ...options, onProgress }),
  );
}

async function optionsOf(args: string[]) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      day: { type: 'string' },
      key: { type: 'string' },
      checkpoint: { type: 'string', multiple: true },
      witness: { type: 'string', multiple: true },
    },
  });
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) {
    throw new Error(`Name one file to verify.\n\n${verifySampleUsage}`);
  }
  const day = z.iso.date().safeParse(values.day);
  if (!day.success) throw new Error(`Name a day, as in --day 2026-11-21.\n\n${verifySampleUsage}`);
  const anchors = await Promise.all((values.checkpoint ?? []).map(readAnchor));
  return { file, day: day.data, anchors, key: values.key, witnesses: values.witness ?? [] };
}
