import { isPayload, isSentence } from '../payload/fields';
import type { PayloadKeys } from '../payload/keys';
import { shorten, type Source } from '../payload/seal';

/** What the uint16 before an entry of a C2SP tlog-tiles bundle can say. */
export const ENTRY_BYTES = 0xffff;
/** What a member takes at most once it is shortened, sealed or not. */
const SEALED_BYTES = 400;
const SHORT_BYTES = 150;
/** A shorter text fits without a look, whatever it becomes in UTF-8 and sealed. */
const CERTAIN_LENGTH = 12_000;

/** Whether an event's canonical form fits in an entry bundle. */
export function fits(body: string): boolean {
  return body.length * 3 <= ENTRY_BYTES || Buffer.byteLength(body) <= ENTRY_BYTES;
}

/**
 * Whether the event, of which this is the JSON text, can be made to fit by shortening members of
 * its data: not where all that is beside them is too long, or there are too many of them.
 */
export function canFit(event: Pick<Source, 'data'>, text: string): boolean {
  if (text.length <= CERTAIN_LENGTH) return true;
  const { data = {}, ...beside } = event;
  const members = Object.entries(data).map(([name, value]) => {
    const grows = isPayload(name, value) || isSentence(name);
    const most = grows ? SEALED_BYTES : Math.min(bytesOf(value), SHORT_BYTES);
    return bytesOf(name) + 2 + most;
  });
  return members.reduce((sum, bytes) => sum + bytes, bytesOf(beside) + 20) <= ENTRY_BYTES;
}

/**
 * An event, of which `shown` is what would be recorded, so that it fits: what is longest of its
 * data is replaced by its size and digest. Throws where that is not enough (see canFit).
 */
export function shortened<E extends Source>(event: Source, shown: E, keys: PayloadKeys): E {
  const members = Object.entries(shown.data ?? {});
  const bySize = members
    .map((member) => ({ member, bytes: bytesOf(member[1]) }))
    .toSorted((a, b) => b.bytes - a.bytes);
  let over = bytesOf(shown) - ENTRY_BYTES;
  const instead: [string, unknown][] = [];
  for (const { bytes, member } of bySize) {
    if (over <= 0) break;
    const short = shorten(event, member, keys);
    const saved = bytes - bytesOf(short);
    if (saved <= 0) continue;
    instead.push([member[0], short]);
    over -= saved;
  }
  if (over > 0) throw new Error(`the event is ${over} bytes too long, and nothing can be left out`);
  // A copy has every member as its own, whatever its name.
  return { ...shown, data: Object.fromEntries([...members, ...instead]) };
}

/** As many as the canonical form has, which only orders members. Throws of what is nested deeper than the stack. */
function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
