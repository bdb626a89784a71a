import { type Attribute, type AttributeType, scaled } from '@/lib/domains/access/server';
import type { Inputs } from './schema';

/** What a request says, as far as policies may read it. */
export interface Facts {
  parameters: Readonly<Record<string, unknown>>;
  /** The session's attributes. */
  session: Readonly<Record<string, unknown>>;
  /** The user acted for, if any. */
  user: string | null;
  /** Where the request comes from; null when that is not known. */
  address: string | null;
  /** Epoch milliseconds. */
  now: number;
}

type Value = string | number | boolean;

/** Cedar's context, with only what the policies of one action type read. */
export interface PolicyContext {
  parameters: Record<string, Value>;
  session: Record<string, Value>;
  time: Record<string, { day: number; minute: number }>;
  user?: { id: string };
  address?: { __extn: { fn: 'ip'; arg: string } };
}

/** Leaves out whatever is absent or of another type than the policies compare it as. */
export function contextOf({ types, zones, address }: Inputs, facts: Facts): PolicyContext {
  const context: PolicyContext = { parameters: {}, session: {}, time: {} };
  for (const [attribute, type] of types) {
    const [of, name = ''] = parts(attribute);
    if (of !== 'parameters' && of !== 'session') continue;
    const value = typed(facts[of], name, type);
    if (value !== undefined) context[of][name] = value;
  }
  for (const zone of zones) context.time[zone] = clockIn(zone, facts.now);
  if (facts.user !== null) context.user = { id: facts.user };
  if (address && facts.address !== null) {
    context.address = { __extn: { fn: 'ip', arg: facts.address } };
  }
  return context;
}

function parts(attribute: Attribute): [string, string] {
  const dot = attribute.indexOf('.');
  return [attribute.slice(0, dot), attribute.slice(dot + 1)];
}

function typed(
  of: Readonly<Record<string, unknown>>,
  name: string,
  type: AttributeType,
): Value | undefined {
  const value = Object.hasOwn(of, name) ? of[name] : undefined;
  if (type === 'number') return typeof value === 'number' ? scaled(value) : undefined;
  if (type === 'boolean') return typeof value === 'boolean' ? value : undefined;
  return typeof value === 'string' ? value : undefined;
}

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const formats = new Map<string, Intl.DateTimeFormat>();

/** Day of the week (Monday is 1) and minute of the day on a zone's clock. */
export function clockIn(zone: string, now: number): { day: number; minute: number } {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    formats.set(zone, format);
  }
  const read = Object.fromEntries(
    format.formatToParts(now).map(({ type, value }) => [type, value]),
  );
  return {
    day: weekdays.indexOf(read['weekday'] ?? '') + 1,
    minute: Number(read['hour']) * 60 + Number(read['minute']),
  };
}
