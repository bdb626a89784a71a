import { type CharacterSet, type Edge, type Part, PatternError, quoted, readPattern } from './read';

/** An automaton's instructions, each naming those that come next by their place. */
export type Instruction =
  | { kind: 'one'; set: number; next: number }
  | { kind: 'edge'; edge: Edge; next: number }
  | { kind: 'split'; next: number; other: number }
  | { kind: 'found' };

export interface Program {
  instructions: readonly Instruction[];
  start: number;
  sets: readonly CharacterSet[];
  /** Which edges it has, and so what must be known of the characters around a place. */
  edges: ReadonlySet<Edge>;
}

/** Repetitions are written out, so a short pattern can be a large program. */
const MOST = 10_000;

/** Thompson's construction (1968), from the end to the start. Throws PatternError. */
export function programOf(source: string): Program {
  const { whole, sets } = readPattern(source);
  const instructions: Instruction[] = [{ kind: 'found' }];
  const edges = new Set<Edge>();
  let written = 0;

  const count = () => {
    written += 1;
    if (written <= MOST) return;
    throw new PatternError(
      `${quoted(source)} has, with its repetitions written out, more than ${MOST} parts; use maxLength for a length`,
    );
  };
  const add = (instruction: Instruction): number => instructions.push(instruction) - 1;
  const write = (part: Part, next: number): number => {
    count();
    switch (part.kind) {
      case 'one':
        return add({ ...part, next });
      case 'edge':
        edges.add(part.edge);
        return add({ ...part, next });
      case 'sequence':
        return part.parts.reduceRight((after, each) => write(each, after), next);
      case 'choice':
        return part.parts
          .map((each) => write(each, next))
          .reduceRight((other, each) => add({ kind: 'split', next: each, other }));
      case 'repeat':
        return repeat(part, next);
    }
  };
  const repeat = ({ part, least, most }: Part & { kind: 'repeat' }, next: number): number => {
    let entry = next;
    if (most === Infinity) {
      const loop = { kind: 'split' as const, next: 0, other: next };
      entry = add(loop);
      loop.next = write(part, entry);
    } else {
      for (let times = least; times < most; times += 1) {
        entry = add({ kind: 'split', next: write(part, entry), other: next });
      }
    }
    for (let times = 0; times < least; times += 1) entry = write(part, entry);
    return entry;
  };

  const start = write(whole, 0);
  return { instructions, start, sets, edges };
}
