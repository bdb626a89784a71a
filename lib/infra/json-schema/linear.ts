/**
 * Whether a text holds what a regular expression describes, in time linear in the text: an
 * automaton that is made deterministic as texts come along, never trying one way after another
 * (https://swtch.com/~rsc/regexp/regexp1.html). What a step costs is bounded by the pattern's
 * size, so the steps that one validation may take are bounded as well.
 */
import { type Program, programOf } from './program';
import { PatternError } from './read';

/** What may still be done, in steps of one known character; shared by the patterns of one schema. */
export interface Steps {
  left: number;
}

/** Text and pattern together would take more steps than there are. */
export class TooManySteps extends Error {
  override name = 'TooManySteps';
}

/** A place in a text, by where the automaton can be and what stands before it. */
interface State {
  at: Uint16Array;
  before: Before;
  /** By the kind of the next character. */
  next: (State | undefined)[];
  atEnd?: boolean;
}

/** What the edges `^`, `\b` and `\B` ask of the character before. */
type Before = 'start' | 'word' | 'other';
type After = 'end' | 'word' | 'other';

/** What characters that no set tells apart have in common. */
interface Kind {
  /** Its place in a state's `next`. */
  id: number;
  /** By set, whether it holds them. */
  in: Uint8Array;
  word: boolean;
}

// In such steps, what it costs to look at a place or to ask a set, and to make a state beside that.
const LOOK = 16;
const MAKE = 160;
const MOST_STATES = 500;
const MOST_KINDS = 1_000;
const MOST_CHARACTERS = 5_000;
const ASCII = 128;
const word = /^\w$/;

export class LinearPattern {
  readonly steps: Steps;
  private readonly source: string;
  private readonly program: Program;
  private readonly bounded: boolean;
  private readonly restarts: boolean;
  private readonly seen: Int32Array;
  private readonly open: Uint16Array;
  private readonly places: Uint16Array;
  private readonly kinds = new Map<string, Kind>();
  private readonly ascii: (Kind | undefined)[] = Array.from({ length: ASCII }, () => undefined);
  private readonly others = new Map<number, Kind>();
  private states = new Map<string, State>();
  private first: State | undefined;
  private round = 0;

  /** Throws PatternError for what is no pattern, or none that can be run so. */
  constructor(source: string, steps: Steps) {
    this.source = source;
    this.steps = steps;
    this.program = programOf(source);
    const { edges, instructions } = this.program;
    this.bounded = edges.has('b') || edges.has('B');
    this.seen = new Int32Array(instructions.length);
    this.open = new Uint16Array(instructions.length);
    this.places = new Uint16Array(instructions.length);
    this.restarts = this.canStartLater();
    steps.left -= MAKE * instructions.length;
    if (steps.left < 0) throw new PatternError('the patterns together have too many parts');
  }

  /** As RegExp's, for a pattern without flags but `u`. Throws TooManySteps. */
  test(text: string): boolean {
    this.spend(text.length);
    if (this.kinds.size > MOST_KINDS) this.forget();
    let state = (this.first ??= this.stateOf(new Uint16Array(), 'start'));
    for (let at = 0; at < text.length; at += 1) {
      const code = text.codePointAt(at) ?? 0;
      if (code > 0xff_ff) at += 1;
      const kind = (code < ASCII ? this.ascii[code] : this.others.get(code)) ?? this.kindOf(code);
      const next = state.next[kind.id] ?? this.advance(state, kind);
      if (next === FOUND) return true;
      if (next === NEVER) return false;
      state = next;
    }
    return (state.atEnd ??= this.closure(state, 'end') < 0);
  }

  toString(): string {
    return this.source;
  }

  private spend(steps: number): void {
    this.steps.left -= steps;
    if (this.steps.left < 0) throw new TooManySteps();
  }

  private advance(state: State, kind: Kind): State {
    const places = this.closure(state, kind.word ? 'word' : 'other');
    const next = places < 0 ? FOUND : this.step(places, kind);
    state.next[kind.id] = next;
    return next;
  }

  /** From the first `count` of the places where a character is asked for. */
  private step(count: number, kind: Kind): State {
    const { instructions } = this.program;
    let reached = 0;
    this.round += 1;
    for (let each = 0; each < count; each += 1) {
      const instruction = instructions[this.places[each] ?? 0];
      if (instruction?.kind !== 'one' || kind.in[instruction.set] === 0) continue;
      if (this.seen[instruction.next] === this.round) continue;
      this.seen[instruction.next] = this.round;
      this.open[reached] = instruction.next;
      reached += 1;
    }
    if (reached === 0 && !this.restarts) return NEVER;
    const at = this.open.slice(0, reached).sort();
    return this.stateOf(at, this.bounded && kind.word ? 'word' : 'other');
  }

  /** Fills `places` with where a character is asked for; their number, or -1 for a pattern that is found. */
  private closure({ at, before }: State, after: After): number {
    const { instructions, start } = this.program;
    const { open, places, seen } = this;
    let opened = 0;
    let count = 0;
    let taken = 0;
    this.round += 1;
    const add = (place: number) => {
      if (seen[place] === this.round) return;
      seen[place] = this.round;
      open[opened] = place;
      opened += 1;
    };
    add(start);
    for (const place of at) add(place);
    while (opened > 0) {
      opened -= 1;
      taken += 1;
      const place = open[opened] ?? 0;
      const instruction = instructions[place];
      if (!instruction || instruction.kind === 'found') return -1;
      if (instruction.kind === 'one') {
        places[count] = place;
        count += 1;
      } else if (instruction.kind === 'split') {
        add(instruction.other);
        add(instruction.next);
      } else if (holds(instruction.edge, before, after)) add(instruction.next);
    }
    this.spend(MAKE + LOOK * taken);
    return count;
  }

  private stateOf(at: Uint16Array, before: Before): State {
    const key = `${before} ${String.fromCharCode(...at)}`;
    const known = this.states.get(key);
    if (known) return known;
    if (this.states.size >= MOST_STATES) {
      this.states = new Map();
      this.first = undefined;
    }
    const state: State = { at, before, next: [] };
    this.states.set(key, state);
    return state;
  }

  private kindOf(code: number): Kind {
    const { sets } = this.program;
    const character = String.fromCodePoint(code);
    this.spend(LOOK * (1 + sets.length));
    const within = Uint8Array.from(sets, (holding) => Number(holding(character)));
    const isWord = this.bounded && word.test(character);
    const key = `${isWord} ${within.join()}`;
    const kind = this.kinds.get(key) ?? { id: this.kinds.size, in: within, word: isWord };
    this.kinds.set(key, kind);
    if (code < ASCII) this.ascii[code] = kind;
    else {
      if (this.others.size >= MOST_CHARACTERS) this.others.clear();
      this.others.set(code, kind);
    }
    return kind;
  }

  private forget(): void {
    this.kinds.clear();
    this.ascii.fill(undefined);
    this.others.clear();
    this.states.clear();
    this.first = undefined;
  }

  /** Whether it can begin anywhere but at the text's start. */
  private canStartLater(): boolean {
    const { instructions, start } = this.program;
    const open = [start];
    const seen = new Set<number>();
    for (let place = open.pop(); place !== undefined; place = open.pop()) {
      if (seen.has(place)) continue;
      seen.add(place);
      const instruction = instructions[place];
      if (!instruction || instruction.kind === 'found' || instruction.kind === 'one') return true;
      if (instruction.kind === 'split') open.push(instruction.next, instruction.other);
      else if (instruction.edge !== '^') open.push(instruction.next);
    }
    return false;
  }
}

const FOUND: State = { at: new Uint16Array(), before: 'other', next: [] };
const NEVER: State = { at: new Uint16Array(), before: 'other', next: [] };

function holds(edge: '^' | '$' | 'b' | 'B', before: Before, after: After): boolean {
  if (edge === '^') return before === 'start';
  if (edge === '$') return after === 'end';
  const differ = (before === 'word') !== (after === 'word');
  return edge === 'b' ? differ : !differ;
}
