import {
  claimedSize,
  openCheckpoint,
  type Problem,
  type Report,
  verifiersOf,
  type VerifyOptions,
} from '@/lib/domains/trail/cli';
import { canonicalJson, digest } from '@/lib/kernel/canonical';
import { type Choice, choose, seedOf } from './choose';
import type { Omitted, RecordedDraw } from './drawn';
import type { Population } from './population';

/** What a file says of a day's draw, and what it is held against. */
export interface Found {
  population: Population;
  closed: { event: string; index: number };
  drawn: RecordedDraw;
  drawnIndex: number;
  /** Of the log at the size of the draw's checkpoint; undefined where not every event is in the file. */
  root: Buffer | undefined;
}

type About = NonNullable<Report['about']>;

interface Recomputed {
  seed: Buffer;
  choice: Choice;
}

/** What the log makes of the day. */
export function recomputed({ drawn, population, root }: Found, workspace: string): Recomputed {
  const used = root ?? Buffer.from(drawn.checkpoint.root, 'base64');
  const seed = seedOf(used, workspace, drawn.day);
  return { seed, choice: choose(population.candidates, seed, population.closing.setting) };
}

/** Everything in which a draw is not what the log makes it. */
export function differences(
  found: Found,
  { choice, seed }: Recomputed,
  about: About,
  anchors: NonNullable<VerifyOptions['anchors']>,
): Problem[] {
  const { drawn } = found;
  const said = [...ofCheckpoint(found, about), ...earlier(found, anchors)];
  if (drawn.seed !== seed.toString('hex')) {
    said.push(
      `The seed is not the one that the checkpoint's root gives: recorded ${drawn.seed}, computed ${seed.toString('hex')}.`,
    );
  }
  return [...said, ...ofChoice(found, choice)].map((message) => ({ message }));
}

function ofCheckpoint({ closed, drawn, drawnIndex, root }: Found, about: About): string[] {
  const said: string[] = [];
  const { checkpoint } = drawn;
  if (drawn.closed.event !== closed.event || drawn.closed.index !== closed.index) {
    said.push('The draw names another closing of the day than the one in the log.');
  }
  if (checkpoint.size <= closed.index) {
    said.push(
      'The checkpoint does not cover the closing: its root was known before the day closed.',
    );
  }
  if (checkpoint.size > drawnIndex) said.push('The checkpoint is later than the draw itself.');
  if (root && root.toString('base64') !== checkpoint.root) {
    said.push(
      `The log of ${checkpoint.size} events has another root than the draw says: ${root.toString('base64')}.`,
    );
  }
  try {
    const keys = verifiersOf(about.origin, about.manifest.keys);
    const signed = openCheckpoint(checkpoint.note, keys, about.origin);
    if (signed.size !== checkpoint.size || signed.root.toString('base64') !== checkpoint.root) {
      said.push('The signed checkpoint in the draw is of another size or root than the draw says.');
    }
  } catch (error) {
    said.push(
      `The checkpoint in the draw is not the log's: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
  return said;
}

/** A checkpoint from elsewhere may show that the draw's was not the first after closing. */
function earlier({ closed, drawn }: Found, anchors: NonNullable<VerifyOptions['anchors']>) {
  return anchors.flatMap(({ name, note }) => {
    const size = claimedSize(note) ?? 0;
    return size > closed.index && size < drawn.checkpoint.size
      ? [
          `The checkpoint in ${name} covers the closing at ${size} events, before the ${drawn.checkpoint.size} that the seed was taken from.`,
        ]
      : [];
  });
}

function ofChoice({ drawn, population }: Found, choice: Choice): string[] {
  const { candidates, closing, late } = population;
  const said: string[] = [];
  const differs = (what: string, recorded: unknown, computed: unknown) => {
    const [was, is] = [canonicalJson(recorded), canonicalJson(computed)];
    if (was !== is) said.push(`${what}: recorded ${was}, computed ${is}.`);
  };
  differs('The setting is not the one that the closing fixed', drawn.setting, closing.setting);
  differs('The population is of another size', drawn.population, candidates.length);
  differs('Another number of late outcomes', drawn.late, late);
  differs('The sample is of another size', drawn.size, choice.size);
  differs('Another number is reviewed twice', drawn.twice, choice.twice);
  return [...said, ...ofStrata(drawn.strata, choice), ...ofActions(drawn.actions, choice)];
}

function ofStrata(recorded: RecordedDraw['strata'], { strata }: Choice): string[] {
  const same = isOmitted(recorded)
    ? recorded.digest === digest(strata)
    : canonicalJson(recorded) === canonicalJson(strata);
  return same
    ? []
    : [
        'The strata are not those of the population: agents, action types, bands or numbers differ.',
      ];
}

function ofActions(list: RecordedDraw['actions'], { actions }: Choice): string[] {
  if (isOmitted(list)) {
    const is = digest(actions);
    if (list.digest === is) return [];
    return [`The sample is another than was drawn: recorded ${list.digest}, computed ${is}.`];
  }
  const [recorded, computed] = [new Set(list), new Set(actions)];
  const missing = actions.filter((action) => !recorded.has(action));
  const added = [...recorded].filter((action) => !computed.has(action));
  const said = [
    ...missing.map((action) => `${action} was drawn and is missing from the sample.`),
    ...added.map((action) => `${action} is in the sample and was not drawn.`),
  ];
  if (said.length === 0 && canonicalJson(list) !== canonicalJson(actions)) {
    said.push('The sample is not in the order of its values, or names an action twice.');
  }
  return said;
}

function isOmitted(member: Omitted | readonly unknown[]): member is Omitted {
  return !Array.isArray(member);
}
