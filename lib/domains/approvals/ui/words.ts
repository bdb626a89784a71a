import type { UseQueryResult } from '@tanstack/react-query';
import { exactTime, formatExact, formatMoney, plural } from '@/components/format';
import { namedIn } from '../policy';
import type { Approval } from '../schema';

/** A held action, as far as its amount goes. */
export interface HasAmount {
  display: {
    amount: { parameter: string; value: number } | null;
    narrowed?: { parameters: Record<string, unknown> } | undefined;
  };
}

/** What would run now: as proposed, or as made smaller. */
export function sentenceOf({ display }: Approval): string {
  return display.narrowed?.sentence ?? display.sentence;
}

/** The amount that would run now: as proposed, or as made smaller; undefined where it has none. */
export function amountOf({ display: { amount, narrowed } }: HasAmount): number | undefined {
  if (!amount) return undefined;
  const smaller = narrowed?.parameters[amount.parameter];
  return typeof smaller === 'number' ? smaller : amount.value;
}

/** What became of it while somebody was writing about it; null while it waits. */
export function meanwhileWords({
  status,
  decided_by: by,
}: Pick<Approval, 'status' | 'decided_by'>): string | null {
  if (status === 'pending') return null;
  if (status === 'expired') return 'Its time has run out.';
  if (status === 'cancelled') return 'It has just been cancelled.';
  const verb = status === 'rejected' ? 'rejected' : 'approved';
  return by ? `${by.name} has just ${verb} this.` : `This has just been ${verb}.`;
}

/** How far something that is asked for has come. */
type Asked = Pick<UseQueryResult, 'data' | 'errorUpdateCount'>;

/** Whether it is not there although it was asked for, also while somebody tries again. */
export function couldNotRead({ data, errorUpdateCount }: Asked): boolean {
  return data === undefined && errorUpdateCount > 0;
}

/** Why nobody approves it yet: its warnings are not on its card; null once they are. */
export function unreadWords(context: Asked): string | null {
  if (context.data !== undefined) return null;
  return couldNotRead(context)
    ? 'What is unusual about it could not be read. Try again on the card before you approve.'
    : 'What is unusual about it is still being read.';
}

/** Why one is not decided by itself while others are picked; null while none is. */
export function pickedWords(picked: number): string | null {
  if (picked === 0) return null;
  return `${plural(picked, 'action is', 'actions are')} picked. Decide them together, or clear what is picked.`;
}

/** An amount as the approver reads it: with its currency where the parameters name one, and cents where there are any. */
export function amountWords(value: number, parameters: Record<string, unknown>): string {
  const { currency } = parameters;
  if (typeof currency === 'string' && /^[A-Z]{3}$/.test(currency)) {
    return formatMoney(value, currency).replace(/\.00$/, '');
  }
  return formatExact(value);
}

/** A number among an action's parameters: money only where it is the action's amount. */
export function numberWords(
  name: string,
  value: number,
  { amount, parameters }: Pick<Approval['display'], 'amount' | 'parameters'>,
): string {
  return amount?.parameter === name ? amountWords(value, parameters) : formatExact(value);
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value : undefined;

/** Who started a session, from what the agent's side said of them. */
export function initiatorWords(initiator: Record<string, unknown>): string {
  const name = text(initiator['name']) ?? text(initiator['email']) ?? text(initiator['id']);
  const kind = text(initiator['type']);
  const id = text(initiator['id']);
  const detail = [kind, id === name ? undefined : id].filter(Boolean).join(' ');
  if (!name) return kind ?? 'not said';
  return detail ? `${name} (${detail})` : name;
}

/** Whom it names beside the one that the card shows first: each of them is kept from deciding. */
export function alsoNamed(initiator: Record<string, unknown>): string[] {
  const shown = initiatorWords(initiator).toLowerCase();
  const others = namedIn(initiator).filter((name) => !shown.includes(name.toLowerCase()));
  return others.filter(
    (name, at) => others.findIndex((one) => one.toLowerCase() === name.toLowerCase()) === at,
  );
}

export function alsoNamedWords(initiator: Record<string, unknown>): string | undefined {
  const others = alsoNamed(initiator);
  if (others.length === 0) return undefined;
  return `The agent’s side names ${others.join(', ')} too. No member named here may decide.`;
}

const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

/** A value on one line: instants as dates, objects as JSON. */
export function valueWords(value: unknown): string {
  if (value === null || value === undefined) return 'none';
  if (typeof value === 'string' && instant.test(value)) return exactTime(value);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

export type Flat = Record<string, string | number | boolean | null>;

/** Whether it is a record of plain values, which reads better as a list than as JSON. */
export function isFlat(value: unknown): value is Flat {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.keys(value).length <= 16 &&
    Object.values(value).every((each) => each === null || typeof each !== 'object')
  );
}

const undoing: Record<string, string> = {
  read_only: 'Nothing to undo: it only reads.',
  reversible: 'It can be undone at the same tool, by an action the other way.',
  externally_reversible: 'Undoing it takes others outside, who may refuse or be late.',
  irreversible: 'It cannot be undone.',
};

/** What undoing would take, by the reversibility class. */
export function undoWords(reversibility: string): string {
  return undoing[reversibility] ?? 'It is not known what undoing would take.';
}
