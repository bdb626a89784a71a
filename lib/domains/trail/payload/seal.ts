import { open, seal } from '@/lib/infra/crypto';
import { canonicalJson, digest } from '@/lib/kernel/canonical';
import { maskDeep } from '@/lib/kernel/mask';
import { isObject, isPayload, isSentence, keyName, type NeededKey, protectedClass } from './fields';
import type { PayloadKeys } from './keys';

/** What stands for a payload member in a protected event. */
export interface Sealed {
  sealed: 1;
  /** Month and classification: `2026-11.Confidential`. */
  key: string;
  /** Base64 of what lib/infra/crypto seals; bound to the event's id and the member's name. */
  text?: string;
  /** The key had been destroyed when the event came: nothing was kept. */
  erased?: true;
}

/** What of an event bears on how it is kept. */
export interface Source {
  id: string;
  time: string;
  workspace: string;
  classification?: string | undefined;
  data?: Record<string, unknown> | undefined;
}

export interface Protected {
  data: Record<string, unknown> | undefined;
  /** What the sealed members held, for hashing their words; nothing of it may be written. */
  hidden: unknown[];
  key: NeededKey | undefined;
}

/** The key that an event's payload is sealed with; undefined when none of it is. */
export function neededKey(event: Source): NeededKey | undefined {
  const classification = protectedClass(event.classification);
  if (!classification || !event.data) return undefined;
  if (!Object.entries(event.data).some(([name, value]) => isPayload(name, value))) return undefined;
  // The time is as its maker wrote it and may have an offset; the month is that of its partition.
  const month = new Date(event.time).toISOString().slice(0, 7);
  return { workspace: event.workspace, month, classification };
}

/** An event's data as the trail keeps it: payload sealed, or masked where it is not protected. */
export function protect(event: Source, keys: PayloadKeys): Protected {
  const needed = neededKey(event);
  const found = needed && keys(needed);
  const hidden: unknown[] = [];
  if (!event.data) return { data: undefined, hidden, key: undefined };
  const kept = (name: string, value: unknown): unknown => {
    if (!isPayload(name, value)) return isSentence(name) ? maskDeep(value) : value;
    if (!needed) return maskDeep(value);
    if (!found) return { sealed: 1, key: keyName(needed), erased: true } satisfies Sealed;
    hidden.push(value);
    return sealMember(found.key, keyName(needed), event.id, name, value);
  };
  let changed: [string, unknown][] | undefined;
  for (const [name, value] of Object.entries(event.data)) {
    const now = kept(name, value);
    if (now !== value) (changed ??= []).push([name, now]);
  }
  // A copy has every member as its own, whatever its name.
  const data = changed
    ? Object.fromEntries([...Object.entries(event.data), ...changed])
    : event.data;
  return { data, hidden, key: needed };
}

/** What stands for a member that would make its event too long. */
interface Omitted {
  /** `70002 bytes`, of its canonical form. */
  omitted: string;
  /** `sha256:…` over that form. */
  digest: string;
}

function omission(value: unknown): Omitted {
  return { omitted: `${Buffer.byteLength(canonicalJson(value))} bytes`, digest: digest(value) };
}

/**
 * What is recorded instead of a member that `protect` left as `shown`, which is too long. Where
 * that is sealed, so is the digest of what it holds, which goes with its key.
 */
export function shorten(
  event: Source,
  [name, shown]: readonly [string, unknown],
  keys: PayloadKeys,
): unknown {
  const value = event.data?.[name];
  const needed = isPayload(name, value) ? neededKey(event) : undefined;
  if (!needed) return omission(shown);
  const found = keys(needed);
  return found ? sealMember(found.key, keyName(needed), event.id, name, omission(value)) : shown;
}

function sealMember(
  key: Buffer,
  named: string,
  event: string,
  name: string,
  value: unknown,
): Sealed {
  const text = seal(key, canonicalJson(value), contextOf(event, name));
  return { sealed: 1, key: named, text: Buffer.from(text).toString('base64') };
}

/** The sealed members of an event, by name. Only a protected event has any: another's may only look so. */
export function sealedMembers(event: Source): Map<string, Sealed> {
  const found = new Map<string, Sealed>();
  if (!protectedClass(event.classification)) return found;
  for (const [name, value] of Object.entries(event.data ?? {})) {
    if (isSealed(value)) found.set(name, value);
  }
  return found;
}

/** Whether a value has the form of a sealed member. */
export function isSealed(value: unknown): value is Sealed {
  return isObject(value) && value['sealed'] === 1 && typeof value['key'] === 'string';
}

/** What a sealed member held. Throws when the key is another, or the text was moved or changed. */
export function openMember(key: Buffer, eventId: string, name: string, text: string): unknown {
  const plain = open(key, Buffer.from(text, 'base64'), contextOf(eventId, name));
  return JSON.parse(plain.toString('utf8'));
}

function contextOf(eventId: string, name: string): string {
  return `${eventId} ${name}`;
}
