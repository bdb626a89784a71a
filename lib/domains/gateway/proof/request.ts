/** A request of which everything is open that a policy may read: the free variables of a proof. */
import { scaled } from '@/lib/domains/access/server';
import { findUnstorable } from '@/lib/kernel/storable';
import type { ActionType } from '../snapshot/snapshot';
import type { Facts } from '../cedar/context';
import { textOf } from './model';
import {
  type Kind,
  factsOf,
  type ParameterFacts,
  propertyOf,
  sampleOf,
  type Schema,
} from './facts';
import { Network } from './network';
import { and, atMost, equals, int, less, no, not, or, type Term, text, within, yes } from './term';
import { absent, decimal, type Raw, same, valueIs } from './raw';
import { momentIn, type Stretch, stretchesOf, WEEK, weekMinute } from './zones';

type Of = 'parameters' | 'session';
type Sort = 'Bool' | 'Int' | 'String' | `(_ BitVec ${number})`;

const SCALE = 10_000n;
const LARGEST = BigInt(Number.MAX_SAFE_INTEGER);
/** What the gateway takes; larger numbers are refused before anything is decided. */
const MOST = LARGEST * SCALE;
const session: ParameterFacts = {
  kinds: new Set<Kind>(['text', 'number', 'boolean']),
  required: false,
  possible: true,
  whole: false,
  values: undefined,
  least: undefined,
  most: undefined,
  pattern: undefined,
  lengths: { least: 0, most: 1_000 },
  samples: ['x', 'y'],
};
/** Texts that can be kept: without a NUL. */
const stored = '(re.* (re.range "\\u{1}" "\\u{2ffff}"))';

interface Known {
  raw: Raw;
  facts: ParameterFacts;
}

/** How much is asked for beside what is wanted. */
export type Detail = 'proof' | 'plain' | 'known' | 'shape';

export class OpenRequest {
  readonly #type: ActionType;
  readonly #schema: Schema;
  readonly #now: number;
  readonly #sorts: Sort[] = [];
  /** What holds of every request. */
  readonly #always: Term[] = [];
  /** What holds too and is asked only to find one; leaving it out lets no proof through. */
  readonly #shape: Term[] = [];
  /** What makes its numbers pleasant to read. */
  readonly #plain: Term[] = [];
  /** Its texts, and some that are likely to do for them; Z3 is slow to find its own. */
  readonly #texts: Term[] = [];
  readonly #samples = new Set<Term>();
  readonly #known = { parameters: new Map<string, Known>(), session: new Map<string, Known>() };
  readonly #clocks = new Map<string, { day: Term; minute: Term; offset: Term }>();
  readonly #opened = new Map<string, Term>();
  readonly network: Network;
  #user: { present: Term; id: Term } | undefined;
  #week: { minute: Term; stretch: Term } | undefined;

  constructor(type: ActionType, now: number) {
    this.#type = type;
    this.#schema = type.parameters;
    this.#now = now;
    this.network = new Network((sort) => this.variable(sort));
  }

  variable(sort: Sort): Term {
    this.#sorts.push(sort);
    return `v${this.#sorts.length - 1}`;
  }

  raw(of: Of, name: string): Raw {
    const known = this.#known[of].get(name);
    if (known) return known.raw;
    const facts = of === 'session' ? session : factsOf(this.#schema, name);
    const raw = facts.possible ? this.#open(facts) : absent;
    this.#known[of].set(name, { raw, facts });
    if (of === 'parameters' && this.#type.pathParameters.includes(name)) this.#inPath(raw);
    return raw;
  }

  #open({ kinds, required, whole, ...facts }: ParameterFacts): Raw {
    const single = kinds.size === 1;
    const present = required ? yes : this.variable('Bool');
    const is = (kind: Kind) => {
      if (!kinds.has(kind)) return no;
      return single ? present : this.variable('Bool');
    };
    const [isText, isNumber, isBoolean, isOther] = [
      is('text'),
      is('number'),
      is('boolean'),
      is('other'),
    ];
    if (!single) {
      const all = [isText, isNumber, isBoolean, isOther];
      this.#always.push(equals(present, or(...all)));
      for (const [index, one] of all.entries()) {
        for (const other of all.slice(index + 1)) this.#always.push(not(and(one, other)));
      }
    }
    const digits = kinds.has('number') ? this.variable('Int') : '0';
    // A whole number within what the gateway takes has no decimals at all.
    const exact = whole || !kinds.has('number') ? yes : this.variable('Bool');
    const number = whole ? `(* ${SCALE} ${digits})` : digits;
    const raw: Raw = {
      present,
      isText,
      isNumber,
      isBoolean,
      text: kinds.has('text') ? this.variable('String') : '""',
      exact,
      number,
      isScaled: and(exact, within(number, -LARGEST, LARGEST)),
      isWhole: whole ? yes : `(= (mod ${digits} ${SCALE}) 0)`,
      whole: whole ? digits : `(div ${digits} ${SCALE})`,
      flag: kinds.has('boolean') ? this.variable('Bool') : no,
    };
    this.#bound(raw, { kinds, required, whole, ...facts });
    return raw;
  }

  #bound(raw: Raw, { values, least, most, lengths, pattern, samples }: ParameterFacts): void {
    const { number, exact, isText, isNumber } = raw;
    if (isNumber !== no) {
      this.#always.push(within(number, -MOST, MOST));
      if (least !== undefined) this.#when(and(isNumber, exact), atMost(int(least), number));
      if (most !== undefined) this.#when(and(isNumber, exact), atMost(number, int(most)));
      const readable = and(exact, raw.isWhole, within(number, 0, 10n ** 12n));
      this.#plain.push(or(not(isNumber), readable));
    }
    if (isText !== no) {
      const length = `(str.len ${raw.text})`;
      if (lengths.least > 0) this.#shape.push(or(not(isText), atMost(int(lengths.least), length)));
      if (lengths.most !== undefined) {
        this.#shape.push(or(not(isText), atMost(length, int(lengths.most))));
      }
      if (pattern) this.#shape.push(or(not(isText), `(str.in_re ${raw.text} ${pattern.term})`));
      this.#shape.push(`(str.in_re ${raw.text} ${stored})`);
      this.#texts.push(raw.text);
      for (const sample of samples) this.#samples.add(text(sample) ?? '""');
    }
    const among = values?.map((value) => valueIs(raw, value));
    if (among && !among.includes(undefined)) {
      this.#when(raw.present, or(...among.flatMap((term) => term ?? [])));
    }
  }

  #when(condition: Term, holds: Term): void {
    this.#always.push(or(not(condition), holds));
  }

  #inPath(raw: Raw): void {
    this.#always.push(or(raw.isText, raw.isNumber, raw.isBoolean));
    for (const unsafe of ['""', '"."', '".."']) {
      this.#shape.push(or(not(raw.isText), not(equals(raw.text, unsafe))));
    }
  }

  /** The rules that speak of what policies have read; `all` brings in the others. */
  #rules(all: boolean): Term[] {
    const { parameters, session: bound } = this.#known;
    return this.#type.rules.flatMap((rule) => {
      const touched =
        parameters.has(rule.parameter) ||
        (rule.rule === 'equals_session' && bound.has(rule.attribute));
      if (!touched && !all) return [];
      const one = this.raw('parameters', rule.parameter);
      if (rule.rule === 'equals_session') return [same(one, this.raw('session', rule.attribute))];
      const [least, most] = [rule.min, rule.max].map((bound) =>
        bound === undefined ? undefined : scaled(bound),
      );
      const inside = and(
        least === undefined ? yes : atMost(int(least), one.number),
        most === undefined ? yes : atMost(one.number, int(most)),
      );
      return [or(not(one.present), and(one.isNumber, or(not(one.exact), inside)))];
    });
  }

  /** What nobody can tell: the same for the same key. */
  open(key: string): Term {
    const known = this.#opened.get(key) ?? this.variable('Bool');
    this.#opened.set(key, known);
    return known;
  }

  user(): { present: Term; id: Term } {
    if (this.#user) return this.#user;
    const user = { present: this.variable('Bool'), id: this.variable('String') };
    this.#texts.push(user.id);
    this.#samples.add('"x"').add('"y"');
    this.#shape.push(`(str.in_re ${user.id} ${stored})`);
    this.#user = user;
    return user;
  }

  /** The clock of a zone; all of them show the same moment. */
  clock(zone: string): { day: Term; minute: Term } {
    const known = this.#clocks.get(zone);
    if (known) return known;
    this.#week ??= { minute: this.variable('Int'), stretch: this.variable('Int') };
    const [day, minute, offset, turn] = [0, 1, 2, 3].map(() => this.variable('Int')) as [
      Term,
      Term,
      Term,
      Term,
    ];
    this.#always.push(
      within(day, 1, 7),
      within(minute, 0, 1_439),
      within(turn, -1, 1),
      `(= (+ (* 1440 (- ${day} 1)) ${minute}) (+ ${this.#week.minute} ${offset} (* 10080 ${turn})))`,
    );
    const clock = { day, minute, offset };
    this.#clocks.set(zone, clock);
    return clock;
  }

  #stretches(): readonly Stretch[] {
    return stretchesOf([...this.#clocks.keys()], this.#now);
  }

  /** How the clocks may stand to each other. */
  #times(): Term[] {
    const week = this.#week;
    if (!week) return [];
    const clocks = [...this.#clocks.values()];
    const ways = this.#stretches().map((stretch, index) => {
      return and(
        equals(week.stretch, int(index)),
        ...clocks.map(({ offset }, zone) => equals(offset, int(stretch.offsets[zone] ?? 0))),
        during(week.minute, stretch),
      );
    });
    return [within(week.minute, 0, 10_079), or(...ways)];
  }

  /**
   * A question in SMT-LIB 2: whether a request is `wanted`, and which. A proof asks
   * for no more than it needs; for one that can be shown it is asked first with plain numbers
   * and known texts, then with known texts, then with whatever has the right shape.
   */
  script(wanted: Term, detail: Detail): string {
    const rules = this.#rules(detail !== 'proof');
    const terms = [...this.#always, ...this.#times(), ...this.network.always, ...rules, wanted];
    if (detail === 'shape') terms.push(...this.#shape);
    if (detail === 'plain') terms.push(...this.#plain);
    if (detail === 'plain' || detail === 'known') terms.push(...this.#among(terms));
    return [
      ...this.#sorts.map((sort, index) => `(declare-const v${index} ${sort})`),
      ...terms.filter((term) => term !== yes).map((term) => `(assert ${term})`),
    ].join('\n');
  }

  /** Each text among the samples and those that the terms speak of. */
  #among(terms: readonly Term[]): Term[] {
    const spoken = terms.flatMap((term) => term.match(/"(?:[^"]|"")*"/g) ?? []);
    const known = [...new Set([...this.#samples, ...spoken])];
    return this.#texts.map((one) => or(...known.map((value) => equals(one, value))));
  }

  /** The request of a model; undefined where one such could never arrive. */
  request(model: ReadonlyMap<string, string>): Facts | undefined {
    const values = (of: Of) =>
      Object.fromEntries(
        [...this.#known[of]].flatMap(([name, known]): [string, unknown][] => {
          const value = this.#valueOf(known, name, model);
          return value === undefined ? [] : [[name, value]];
        }),
      );
    const parameters = { ...this.#untouched(), ...values('parameters') };
    const user = this.#user && model.get(this.#user.present) === yes ? this.#user : undefined;
    const facts: Facts = {
      parameters,
      session: values('session'),
      user: user ? textOf(model.get(user.id) ?? '""') : null,
      address: this.network.address(model),
      now: this.#moment(model),
    };
    return findUnstorable({ ...facts }) ? undefined : facts;
  }

  /** Whether the moment matters. */
  get timed(): boolean {
    return this.#clocks.size > 0;
  }

  #moment(model: ReadonlyMap<string, string>): number {
    const week = this.#week;
    if (!week) return this.#now;
    const stretch = this.#stretches()[Number(model.get(week.stretch))];
    return stretch ? momentIn(stretch, Number(model.get(week.minute))) : this.#now;
  }

  #untouched(): Record<string, unknown> {
    const needed = [...(this.#schema.required ?? []), ...this.#type.pathParameters];
    const left = needed.filter((name) => !this.#known.parameters.has(name));
    return Object.fromEntries(left.map((name) => [name, sampleOf(propertyOf(this.#schema, name))]));
  }

  #valueOf({ raw, facts }: Known, name: string, model: ReadonlyMap<string, string>): unknown {
    const holds = (term: Term) => term === yes || model.get(term) === yes;
    if (!holds(raw.present)) return undefined;
    if (holds(raw.isText)) return textOf(model.get(raw.text) ?? '""');
    if (holds(raw.isBoolean)) return model.get(raw.flag) === yes;
    if (!holds(raw.isNumber)) return sampleOf(propertyOf(this.#schema, name));
    if (!holds(raw.exact)) return Number(facts.least ?? 0) / Number(SCALE) + 0.00001;
    const digits = model.get(facts.whole ? raw.whole : raw.number) ?? '0';
    const number = BigInt(digits.replace(/^\(- (\d+)\)$/, '-$1'));
    return facts.whole ? Number(number) : decimal(number);
  }
}

/** The minutes of the week that a stretch has. */
function during(minute: Term, { from, lasts }: Stretch): Term {
  if (lasts >= WEEK) return yes;
  const start = weekMinute(from);
  const end = start + lasts;
  if (end <= WEEK) return within(minute, start, end - 1);
  return or(atMost(int(start), minute), less(minute, int(end - WEEK)));
}
