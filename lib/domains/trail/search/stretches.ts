/**
 * How far the next query of a search goes. Matches are looked for from an edge on in stretches
 * of time. The first rows are walked one by one, which finds what is common at once and tells
 * how dense matches are; each later stretch is so long that it very probably has the wanted matches,
 * so what is rare is found in a few steps through the index, and what is frequent never
 * collects more than a few pages of rows. Only the months that a stretch touches are planned.
 */
import type { Lexeme } from './chosen';
import { anyOf } from './condition';
import { dayOf, hourOf, lexeme } from './lexemes';

/** Milliseconds since 1970; infinite where there is no bound. `to` is exclusive. */
export interface Bounds {
  from: number;
  to: number;
}

/** What was looked through so far: rows of the log, the time they cover, and matches among them. */
export interface Found {
  rows: number;
  ms: number;
  hits: number;
  /** About this part of the rows has the words; 1 without any. */
  worded: number;
}

export interface Step {
  plan: 'walk' | 'index';
  ms: number;
}

/** Denser than this, walking fills a page sooner than collecting every match of a stretch. */
const WALKED_FROM = 0.1;
/** So many standard deviations more matches are expected than are needed: they suffice in 19 of 20 cases. */
const SURE = 1.65;
/** With none seen among n, one is assumed. */
const UNSEEN = 1;

/** A rest shorter than this part of a stretch is looked through with it. */
const SLACK = 0.25;

/** Matches that a stretch may turn out to have, where far fewer were expected. */
const MOST_FOUND = 600;

/**
 * The next stretch after what was found, when `need` more are wanted. Of the rows about
 * `expected` match if words and filters have nothing to do with each other; as they often do,
 * a stretch goes only so far as its matches stay few in any case.
 */
export function nextStep(
  { rows, ms, hits }: Omit<Found, 'worded'>,
  need: number,
  expected = 1,
): Step {
  const plan = hits / rows >= WALKED_FROM ? 'walk' : 'index';
  const spread = Math.sqrt(1 / (hits + UNSEEN) + 1 / need);
  const wanted = need * (1 + SURE * spread);
  const most = Math.max(wanted, MOST_FOUND) * rows;
  const next = Math.min(wanted * (rows + UNSEEN / expected), most) / (hits + UNSEEN);
  return { plan, ms: (Math.max(1, ms) * next) / rows };
}

/** The stretches of a scan, one after the other, from its edge towards the older or the newer end. */
export class Stretches {
  readonly #older: boolean;
  readonly #limits: Bounds;
  /** Where the log's first month begins, and now: past these nothing more is expected. */
  readonly #known: Bounds;
  #at: number;
  #months = 0;
  ended = false;
  /** Of the last stretch, as far as the log is known to reach. */
  length = 0;

  constructor(older: boolean, limits: Bounds, known: Bounds) {
    this.#older = older;
    this.#limits = limits;
    this.#known = known;
    this.#at = older ? limits.to : limits.from;
  }

  /** Goes on from this instant. */
  moveTo(at: number): void {
    this.#at = at;
    this.ended = false;
  }

  restart(): void {
    this.moveTo(this.#older ? this.#limits.to : this.#limits.from);
    this.#months = 0;
  }

  /** The next `ms`; without, to the end of the month, then 1, 1, 2, 4, … months. */
  next(ms?: number): Bounds {
    const start = this.#start();
    const end = this.#older
      ? ms === undefined
        ? monthOf(start - 1, -this.#grow())
        : start - ms
      : ms === undefined
        ? monthOf(start, 1 + this.#grow())
        : start + ms;
    return this.#goTo(this.#at, end, SLACK * (ms ?? 0));
  }

  /** The last stretch, longer: its last month whole. */
  toMonth({ from, to }: Bounds): Bounds {
    if (this.ended) return { from, to };
    return this.#older
      ? this.#goTo(to, monthOf(from, 0), 0)
      : this.#goTo(from, monthOf(to - 1, 1), 0);
  }

  /** Where the next one begins, as far as the log is known to reach. */
  #start(): number {
    return this.#older ? Math.min(this.#at, this.#known.to) : Math.max(this.#at, this.#known.from);
  }

  #goTo(begun: number, end: number, slack: number): Bounds {
    const { from, to } = this.#known;
    if (this.#older) {
      this.ended = end - slack <= Math.max(from, this.#limits.from);
      this.#at = this.ended ? this.#limits.from : end;
      this.length = Math.min(begun, to) - Math.max(this.#at, from);
      return { from: this.#at, to: begun };
    }
    this.ended = end + slack >= Math.min(to, this.#limits.to);
    this.#at = this.ended ? this.#limits.to : end;
    this.length = Math.min(this.#at, to) - Math.max(begun, from);
    return { from: begun, to: this.#at };
  }

  #grow(): number {
    const months = this.#months;
    this.#months = Math.max(1, months * 2);
    return months;
  }
}

function monthOf(at: number, ahead: number): number {
  const date = new Date(at);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + ahead, 1);
}

/** A stretch this long is worth the beginning of a second query. */
const HALVED_FROM_MS = 120 * 86_400_000;

/** A month's beginning in the middle of a long stretch, as far as the log is `known` to reach. */
export function middleOf({ from, to }: Bounds, known: Bounds): number | undefined {
  const [start, end] = [Math.max(from, known.from), Math.min(to, known.to)];
  return end - start < HALVED_FROM_MS ? undefined : monthOf((start + end) / 2, 0);
}

/** The whole months that bounds are in. */
export function monthsOf({ from, to }: Bounds): Bounds {
  return {
    from: Number.isFinite(from) ? monthOf(from, 0) : from,
    to: Number.isFinite(to) ? monthOf(to - 1, 1) : to,
  };
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MONTH_MS = 31 * DAY_MS;
/** More of them in one query cost more than they save. */
const MOST = 40;

/** The hours or the days that cover a stretch, to be looked up; none when it is long. */
export function stretchLexeme(bounds: Bounds, now: number): Lexeme | undefined {
  const lexemes = timeLexemes(bounds, now);
  if (lexemes.length === 0) return undefined;
  const share = Math.min(1, (bounds.to - bounds.from) / MONTH_MS);
  return { query: anyOf(lexemes), share, common: true, lists: lexemes.length };
}

function timeLexemes({ from, to }: Bounds, now: number): string[] {
  // Nothing is expected of the future, but what is there is found.
  if (!Number.isFinite(from) || !Number.isFinite(to) || to > now) return [];
  if (to - from <= MOST * HOUR_MS) {
    return starts(from, to, HOUR_MS).map((at) => lexeme('hour', hourOf(at)));
  }
  if (to - from <= MOST * DAY_MS) {
    return starts(from, to, DAY_MS).map((at) => lexeme('day', dayOf(at)));
  }
  return [];
}

function starts(from: number, to: number, width: number): string[] {
  const first = Math.floor(from / width);
  const count = Math.max(1, Math.ceil(to / width) - first);
  return Array.from({ length: count }, (_, at) => new Date((first + at) * width).toISOString());
}
