/** What an agent is answered of a tool's result, when parts of it are linked to fields. */
import { maskPii } from '@/lib/kernel/mask';
import { type Handling, stricter } from './levels';
import { ANY, parsePath } from './path';

export interface OutputLink {
  path: string;
  handling: Handling;
}

/** Makes the token that stands for a value: the same for the same value. */
export type Tokenise = (value: unknown) => string;

/** Gives the result as it may leave; what no link speaks of is left as it is. */
export type OutputHandler = (result: unknown) => unknown;

/** The paths as one tree, so that a result is walked once. */
interface Place {
  below: Map<string, Place>;
  handling: Handling;
}

const newPlace = (): Place => ({ below: new Map(), handling: 'none' });

/** Undefined when there is nothing to handle, so that most results cost nothing. */
export function outputHandler(
  links: readonly OutputLink[],
  tokenise: Tokenise,
): OutputHandler | undefined {
  const root = newPlace();
  let some = false;
  for (const { path, handling } of links) {
    const steps = handling === 'none' ? undefined : parsePath(path);
    if (!steps) continue;
    let place = root;
    for (const step of steps) place = stepInto(place, step);
    place.handling = stricter(place.handling, handling);
    some = true;
  }
  if (!some) return undefined;
  return (result) => walk(result, [root], 'none', tokenise);
}

function stepInto({ below }: Place, step: string): Place {
  const known = below.get(step);
  if (known) return known;
  const made = newPlace();
  below.set(step, made);
  return made;
}

const GONE = Symbol('never leaves');

/**
 * `places` are where a value stands in the tree; `above` is the handling of what holds it. What
 * is not handled is given back itself.
 */
function walk(
  value: unknown,
  places: readonly Place[],
  above: Handling,
  tokenise: Tokenise,
): unknown {
  let handling = above;
  for (const place of places) handling = stricter(handling, place.handling);
  if (handling === 'never_leave') return GONE;
  if (handling === 'redact') return '[redacted]';
  if (typeof value !== 'object' || value === null) return leaf(value, handling, tokenise);
  if (Array.isArray(value)) {
    const any = below(places, ANY);
    // Without repetition: in arrays of arrays the same place is come to in many ways.
    const inside = any.length === 0 ? places : [...new Set([...places, ...any])];
    return value
      .map((item) => walk(item, inside, handling, tokenise))
      .filter((item) => item !== GONE);
  }
  const record = value as Record<string, unknown>;
  let copy: Record<string, unknown> | undefined;
  for (const name of Object.keys(record)) {
    const inside = below(places, name, ANY);
    if (inside.length === 0 && handling === 'none') continue;
    const handled = walk(record[name], inside, handling, tokenise);
    if (handled === record[name]) continue;
    // Every member of the copy is its own, whatever its name, before it is set or taken out.
    copy ??= { ...record };
    if (handled === GONE) delete copy[name];
    else copy[name] = handled;
  }
  return copy ?? value;
}

const nowhere: readonly Place[] = [];

/** The places one step further, by any of these. */
function below(places: readonly Place[], ...steps: string[]): readonly Place[] {
  let found: Place[] | undefined;
  for (const place of places) {
    for (const step of steps) {
      const next = place.below.get(step);
      if (next) (found ??= []).push(next);
    }
  }
  return found ?? nowhere;
}

function leaf(value: unknown, handling: Handling, tokenise: Tokenise): unknown {
  // That there is nothing is no value.
  if (value === null || handling === 'none') return value;
  return handling === 'tokenise' ? tokenise(value) : maskValue(String(value));
}

const SHOWN = 4;
/** What the kernel puts in the place of a whole value that it knows. */
const placeholder = /^\[(?:email|phone|iban|national id|card …\d{4})\]$/;

/**
 * A value by its kind where the kernel knows it (`[email]`, `[card …1111]`), otherwise its last
 * four characters and never more than half of it: a text of which only a part is known
 * may have more in it.
 */
export function maskValue(text: string): string {
  const known = maskPii(text.trim());
  if (placeholder.test(known)) return known;
  const characters = [...text];
  const shown = Math.min(SHOWN, Math.floor(characters.length / 2));
  return `••••${shown === 0 ? '' : characters.slice(-shown).join('')}`;
}
