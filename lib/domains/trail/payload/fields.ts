/**
 * What of an event is payload, and for whom it is kept shut. An event's envelope, its summary,
 * why and reasons say what happened and stay readable, personal data masked, for as long as the
 * trail is kept; what the action was about in particular is its payload.
 */

/** Payloads of these are sealed. */
export const protectedClasses = ['Confidential', 'Restricted'] as const;
export type ProtectedClass = (typeof protectedClasses)[number];

/** What names a key: one is made for each workspace, month and class. */
export interface NeededKey {
  workspace: string;
  /** 2026-11, UTC. */
  month: string;
  classification: ProtectedClass;
}

/** As sealed members name their key: `2026-11.Confidential`. */
export function keyName(key: Pick<NeededKey, 'month' | 'classification'>): string {
  return `${key.month}.${key.classification}`;
}

const members = new Set([
  // What an agent sent to a tool, and what came back: the data itself.
  'parameters',
  'result',
  'input',
  'output',
  'request',
  'response',
  // What it decided from: records it read, and words of customers and documents.
  'evidence',
  'untrusted',
  // What a model or an agent was asked and answered, which repeats any of the above.
  'prompt',
  'question',
  'answer',
  // What stood in the outbox and was no event: it may hold any of these.
  'event',
]);

/** Sentences beside a payload; read by everyone who may search, so never with personal data. */
const sentences = new Set([
  'summary',
  'why',
  'sentence',
  'reason',
  'message',
  'detail',
  'note',
  'error',
  'reasons',
  // What someone searched the trail for.
  'filters',
]);

/**
 * The class whose key seals an event's payload; undefined where it stays readable. A class
 * that is not known is treated as the highest.
 */
export function protectedClass(classification: string | undefined): ProtectedClass | undefined {
  if (classification === undefined) return undefined;
  if (classification === 'Public' || classification === 'Internal') return undefined;
  return classification === 'Confidential' ? 'Confidential' : 'Restricted';
}

/** Whether a member of an event's data is payload. */
export function isPayload(name: string, value: unknown): boolean {
  if (members.has(name)) return true;
  // A change is the trail's business, unless what changed are an action's parameters.
  return (name === 'before' || name === 'after') && isObject(value) && 'parameters' in value;
}

export function isSentence(name: string): boolean {
  return sentences.has(name);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
