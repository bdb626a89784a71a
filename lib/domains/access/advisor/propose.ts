/** New limits from what was used. Pure. */
import { permissionWidens } from '../policies/diff';
import type { PermissionDocument } from '../policies/permission-document';
import type { Part } from './schema';

/** This many times what was used is far above it. */
const FAR = 2;
/** Fewer uses say too little of what is needed. */
export const LEAST_USES = 10;

export interface Measure {
  max: number;
  p99: number;
}

/** Amounts by which a ladder was climbed. */
export interface Climbed extends Measure {
  uses: number;
  /** The most that was used up to and with each threshold; null when nothing was. */
  upTo: { autonomous: number | null; supervised: number | null; gated: number | null };
}

/** The most in any one window, of any one agent. */
export type Rates = Partial<Record<'perMinute' | 'perHour' | 'perDay' | 'amountPerDay', Measure>>;

const steps = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];

/** The next round number above a value: 500 for 480, 120 for 100, 0 for nothing. */
export function roundedUp(value: number): number {
  if (!(value > 0)) return 0;
  const power = Math.floor(Math.log10(value));
  for (const exponent of [power, power + 1]) {
    for (const step of steps) {
      const round = Number(`${step}e${exponent}`);
      if (round > value) return round;
    }
  }
  return value;
}

/** The permission with its limits brought down to what was used of them; none when they are near it. */
export function narrowed(
  permission: PermissionDocument,
  climbed: Climbed | undefined,
  rates: Rates | undefined,
): { proposed: PermissionDocument; parts: Part[] } | undefined {
  const parts: Part[] = [];
  let { ladder } = permission;
  if (ladder && climbed && climbed.uses >= LEAST_USES) {
    const next = { ...ladder };
    let least = 0;
    for (const part of ['autonomous', 'supervised', 'gated'] as const) {
      const now = ladder[part];
      const max = climbed.upTo[part];
      const proposed = max === null ? now : Math.max(least, fourDecimals(roundedUp(max)));
      if (max !== null && max > 0 && now >= FAR * max && proposed < now) {
        parts.push({ part, now, max, p99: Math.min(climbed.p99, max), proposed });
        next[part] = proposed;
      }
      least = next[part];
    }
    ladder = next;
  }
  const limits = structuredClone(permission.limits);
  for (const part of ['perMinute', 'perHour', 'perDay', 'amountPerDay'] as const) {
    const limit = limits[part];
    const used = rates?.[part];
    if (limit === undefined || !used || !(used.max > 0)) continue;
    const now = typeof limit === 'number' ? limit : limit.max;
    const round = roundedUp(used.max);
    const proposed = part === 'amountPerDay' ? fourDecimals(round) : Math.ceil(round);
    if (now < FAR * used.max || proposed >= now) continue;
    parts.push({ part, now, ...used, proposed });
    if (part === 'amountPerDay') {
      if (limits.amountPerDay) limits.amountPerDay = { ...limits.amountPerDay, max: proposed };
    } else limits[part] = proposed;
  }
  if (parts.length === 0) return undefined;
  const proposed = { ...permission, ladder, limits };
  // Never, by construction; a finding that widened would be worse than none.
  return permissionWidens(permission, proposed) ? undefined : { proposed, parts };
}

/** Amounts are compared in ten-thousandths, so nothing is proposed between two of them. */
function fourDecimals(value: number): number {
  return Math.ceil(Number((value * 10_000).toPrecision(15))) / 10_000;
}
