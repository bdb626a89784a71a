import { changed } from '@/lib/kernel/defined';
import type { SecretView } from '../schema';

/** A secret while it is described; days as typed. */
export interface SecretDraft {
  name: string;
  description: string;
  source: 'given' | 'generated';
  value: string;
  origin: string;
  kind: SecretView['rotator']['kind'];
  baseUrl: string;
  days: string;
}

export function draftOf(secret?: SecretView): SecretDraft {
  const { name = '', description = '', rotator, rotateEveryDays } = secret ?? {};
  return {
    ...{ name, description, source: 'given', value: '', origin: '' },
    kind: rotator?.kind ?? 'manual',
    baseUrl: rotator?.kind === 'http_api_keys' ? rotator.baseUrl : '',
    days: rotateEveryDays ? String(rotateEveryDays) : '',
  };
}

// What is no number goes to the server as it is, so that its message is the one shown: JSON would
// make it null, which takes the schedule away.
function daysOf(text: string) {
  if (text.trim() === '') return null;
  return Number.isFinite(Number(text)) ? Number(text) : text;
}

function described({ name, description, kind, baseUrl, days }: SecretDraft) {
  const rotator = kind === 'manual' ? { kind } : { kind, baseUrl };
  return { name, description, rotateEveryDays: daysOf(days), rotator };
}

/** The body that keeps a new one. */
export function additionOf(draft: SecretDraft) {
  const { source, value, origin, kind } = draft;
  return {
    ...described(draft),
    ...(source === 'given' ? { value } : { generate: true }),
    ...(origin && kind === 'manual' ? { origin } : {}),
  };
}

/**
 * The body that changes one. What is as the form began with is not sent: what others changed
 * meanwhile stays, as does a rotator's grace, and a rotation under way is no obstacle.
 */
export function changesOf(began: SecretDraft, draft: SecretDraft) {
  return changed(described(began), described(draft));
}
