/** What the same agent proposed of the same shortly before: again after a refusal, or in parts. Pure. */
import type { Sign } from './schema';
import { isUnder, type Step } from './amount';
import { quoted, round, spanWords } from './words';

/** How far back: a working day and the night after it. */
export const HOURS = 24;
/** What is linked at most; the sentence has the count. */
const MOST_LINKS = 3;

/** An action of the same agent and action type in the hours before. */
export interface Like {
  id: string;
  status: string;
  decision: string;
  /** What code answered, when it was denied. */
  reason: string | null;
  amount: number | null;
  at: Date;
  /** What names the thing it is about is all equal. */
  same_thing: boolean;
  same_customer: boolean;
  same_session: boolean;
}

export interface LikeFacts {
  type: string;
  value: number | null;
  at: Date;
  say: (value: number) => string;
  /** The parameters that name the thing: { order_id: '7' }. */
  thing: Record<string, string>;
  customer: string | null;
  /** Those in the hours before, the latest first. */
  like: readonly Like[];
  steps: readonly Step[];
}

const NAMING = /^(id|number|account|iban|email)$|(_id|_number|_account|_iban|_email|[a-z]Id)$/;
/** More than these are no name of a thing. */
const MOST_NAMES = 5;

/** The parameters that name what an action is about, its customer aside. */
export function thingOf(parameters: Record<string, unknown>): Record<string, string> {
  const named = Object.entries(parameters).filter(
    ([name, value]) =>
      name !== 'customer_id' &&
      NAMING.test(name) &&
      (typeof value === 'string' || typeof value === 'number') &&
      String(value) !== '',
  );
  return Object.fromEntries(named.slice(0, MOST_NAMES).map(([name, value]) => [name, `${value}`]));
}

const refusedWords: Record<string, string> = {
  denied: 'denied',
  rejected: 'rejected by a person',
  expired: 'held until its time was up',
  cancelled: 'held and cancelled',
};

/** A rate that was exceeded asks the agent to come again; that is no refusal of the thing. */
const isRefused = ({ status, reason }: Like): boolean =>
  Object.hasOwn(refusedWords, status) && reason !== 'limit_rate';

export function retriedSigns(of: LikeFacts): Sign[] {
  const named = Object.keys(of.thing).length > 0;
  const isSame = (one: Like) =>
    one.same_thing || (!named && (one.same_customer || one.same_session));
  // A session is of one run: what was refused in it of another thing is worth a look, no more.
  const refused = of.like.filter((one) => isRefused(one) && (isSame(one) || one.same_session));
  const same = refused.filter(isSame);
  const { value } = of;
  const larger = same.filter(({ amount }) => value !== null && amount !== null && amount > value);
  const shown = [larger, same, refused].find((each) => each.length > 0) ?? [];
  const [last] = shown;
  if (!last) return [];
  const ago = spanWords(of.at.getTime() - last.at.getTime());
  const was = refusedWords[last.status] ?? last.status;
  const count = shown.length > 1 ? `, and ${shown.length - 1} more like it` : '';
  const smaller = larger.length > 0 && value !== null && last.amount !== null;
  return [
    {
      code: smaller ? 'retried_smaller' : 'retried',
      // To come again with less after a refusal is how a threshold is felt for; what a person
      // has turned down should not come again as it was.
      severity: smaller || same.some(({ status }) => status === 'rejected') ? 'warning' : 'notice',
      sentence: smaller
        ? `${of.say(last.amount ?? 0)} ${sharedWords(last, of)} was ${was} ${ago} before${count}; now it is ${of.say(value ?? 0)}.`
        : `One ${sharedWords(last, of)} was ${was} ${ago} before${count}.`,
      against: `what this agent proposed of ${of.type} in the ${HOURS} hours before`,
      actions: shown.slice(0, MOST_LINKS).map(linkTo),
    },
  ];
}

/** Several amounts of one thing or for one customer that are each under a step, and together above it. */
export function splitSigns(of: LikeFacts): Sign[] {
  const { value, steps, say } = of;
  if (value === null || value <= 0) return [];
  const counted = of.like.filter(
    (one) =>
      (one.same_thing || one.same_customer) &&
      !isRefused(one) &&
      !['denied', 'failed'].includes(one.status) &&
      one.amount !== null &&
      one.amount > 0,
  );
  if (counted.length === 0) return [];
  const amounts = [value, ...counted.map(({ amount }) => amount ?? 0)];
  const sum = round(amounts.reduce((total, each) => total + each, 0));
  const step = steps.findLast(
    (each) => !isUnder(sum, each) && amounts.every((one) => isUnder(one, each)),
  );
  if (!step) return [];
  const common: Pick<Like, 'same_thing' | 'same_customer' | 'same_session'> = {
    same_thing: counted.every(({ same_thing }) => same_thing),
    ...{ same_customer: true, same_session: false },
  };
  return [
    {
      ...{ code: 'split', severity: 'warning' },
      sentence: `${amounts.length} ${sharedWords(common, of)} in ${HOURS} hours come to ${say(sum)}: each under, together above the ${say(step.value)} ${step.inclusive ? 'above' : 'from'} which ${step.above}.`,
      against: `what this agent proposed of ${of.type} in the ${HOURS} hours before and was not refused`,
      actions: counted.slice(0, MOST_LINKS).map(linkTo),
    },
  ];
}

function sharedWords(
  { same_thing, same_customer }: Pick<Like, 'same_thing' | 'same_customer' | 'same_session'>,
  { thing, customer }: LikeFacts,
): string {
  if (same_thing) {
    const names = Object.entries(thing).map(([name, value]) => `${quoted(name)} ${quoted(value)}`);
    return `for the same ${names.join(', ')}`;
  }
  return same_customer && customer !== null
    ? `for customer ${quoted(customer)}`
    : 'in the same session';
}

const linkTo = ({ id, status, decision, at }: Like): Sign['actions'][number] => ({
  ...{ id, status, held: decision === 'hold' },
  at: at.toISOString(),
});
