/** What is said of a planted request once it has ended. */
import { formatDate } from '@/components/format';
import type { Approval } from '../schema';
import { amountWords } from '../ui/words';
import type { Revealed } from './schema';

const did: Record<NonNullable<Revealed['answer']>, string> = {
  approved: 'approved it',
  rejected: 'rejected it',
  asked: 'asked the agent about it',
  broke_glass: 'broke the glass for it',
  granted: 'wanted to sign for it and others like it beforehand',
};

/** “The amount was $750.00, and its evidence speaks of $75.50.” */
export function wrongWords(
  { kind, parameter, planted, right }: Revealed,
  parameters: Record<string, unknown>,
): string {
  const value = (one: string | number) =>
    kind === 'amount' && typeof one === 'number' ? amountWords(one, parameters) : String(one);
  return `The ${parameter} was ${value(planted)}, and what it rests on speaks of ${value(right)}.`;
}

/** Who did what with it, and whether that caught it. */
export function endWords({ outcome, answer, decided_by: by }: Revealed, reader?: string): string {
  if (!by || !answer) return 'Its time ran out before anyone decided it. It counts for nobody.';
  const who = by.id === reader ? 'You' : by.name;
  return `${who} ${did[answer]}: it was ${outcome}.`;
}

/** What follows for the reader who missed it; undefined where nothing does. */
export function followsWords(
  { counted, decided_by: by, outcome }: Revealed,
  raised: Approval['raised'],
  reader?: string,
): string | undefined {
  if (by === null || by.id !== reader) return undefined;
  if (!counted) return 'You had it planted, so it counts for nobody.';
  if (outcome === 'missed' && raised) {
    return `Until ${formatDate(raised.until)}, or until you have caught 3 in a row, each of your signatures takes one more beside it.`;
  }
  if (outcome === 'caught' && !raised) return 'Nothing follows from it.';
  return raised ? 'Your signature still takes one more beside it.' : undefined;
}

/** What one who approved a planted request is told before they sign; null for everyone else. */
export function raisedWords({ raised }: Pick<Approval, 'raised'>): string | null {
  if (!raised) return null;
  const since = `since you approved a planted request on ${formatDate(raised.since)}`;
  const words = `Your signature takes one more beside it, ${since}.`;
  return raised.others > 0
    ? words
    : `${words} Nobody else who could sign is left: ask an admin to name another approver.`;
}
