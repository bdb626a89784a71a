import { plural } from '@/components/format';
import { amountOf, amountWords, type HasAmount } from '../ui/words';
import type { BatchAnswer } from './schema';

/** A held action, as far as it is put in words. */
interface Alike extends HasAmount {
  agent: { name: string };
  display: HasAmount['display'] & {
    action_type: { key: string };
    parameters: Record<string, unknown>;
  };
}

/** “$12 to $80 each, total $310”; empty where amounts cannot be added up. */
export function amountsWords(rows: readonly Alike[]): string {
  const amounts = rows.map(amountOf);
  const known = amounts.filter((value) => value !== undefined);
  const currencies = new Set(rows.map(({ display }) => display.parameters['currency']));
  const [first] = rows;
  if (!first || known.length < rows.length || currencies.size > 1) return '';
  const words = (value: number) => amountWords(value, first.display.parameters);
  const [least, most] = [Math.min(...known), Math.max(...known)];
  const each = least === most ? words(least) : `${words(least)} to ${words(most)}`;
  return `${each} each, total ${words(sumOf(known))}`;
}

/** The sum of the decimals as they are written: that of their binary neighbours is not what people add up. */
function sumOf(values: readonly number[]): number {
  const decimals = values.map((value) => {
    const [digits = '0', exponent] = value.toExponential().split('e');
    const places = digits.split('.')[1]?.length ?? 0;
    return { whole: BigInt(digits.replace('.', '')), exponent: Number(exponent) - places };
  });
  const least = Math.min(...decimals.map(({ exponent }) => exponent));
  const sum = decimals.reduce(
    (all, { whole, exponent }) => all + whole * 10n ** BigInt(exponent - least),
    0n,
  );
  return Number(`${sum}e${least}`);
}

/** “7 alike: refunds.create by support-agent, $12 to $80 each, total $310”. */
export function alikeWords(rows: readonly Alike[]): string {
  const [first] = rows;
  if (!first) return '';
  const what = `${rows.length} alike: ${first.display.action_type.key} by ${first.agent.name}`;
  return [what, amountsWords(rows)].filter(Boolean).join(', ');
}

/** “gives 7 signatures, each over its own action and card”. */
export function signaturesWords(count: number): string {
  return `gives ${plural(count, 'signature')}${count === 1 ? '' : ', each over its own action and card'}`;
}

/**
 * “7 actions approved”, or “5 approved, 2 signed and still waiting” where some take more signatures;
 * empty where none was signed. What was planted is told apart.
 */
export function decidedWords(items: BatchAnswer['items'], done: string): string {
  const signed = items.filter((one) => one.ok && !one.planted);
  const waiting = signed.filter(({ status }) => status === 'pending').length;
  const over = signed.length - waiting;
  if (waiting === 0) return over === 0 ? '' : `${plural(over, 'action')} ${done}`;
  const still = 'signed and still waiting';
  if (over === 0) return `${plural(waiting, 'action')} ${still}`;
  return `${over} ${done}, ${waiting} ${still}`;
}

/** “3 carry warnings”, or “1 of 8 carries a warning”. */
export function carryWords(count: number, of?: number): string {
  const which = of === undefined ? `${count}` : `${count} of ${of}`;
  return count === 1 ? `${which} carries a warning` : `${which} carry warnings`;
}

/** Why they are not approved together yet: not all of their warnings are read; null once they are. */
export function batchUnreadWords(unread: number, of: number, pending: boolean): string | null {
  if (unread > 0)
    return `What is unusual about ${unread} of ${of} could not be read. Try again before you approve.`;
  return pending ? 'Their warnings are still being read.' : null;
}
