/** Whom a held action waits for, in few words. */
import { needWords } from './routing/words';
import type { Approval } from '../schema';

type Standing = Pick<Approval, 'needs'>;

/** How many signatures it still lacks. */
export function missingOf({ needs }: Standing): number {
  return needs.reduce((sum, need) => sum + need.missing, 0);
}

/** How many it has of those it takes. */
export function signedOf({ needs }: Standing): number {
  return needs.reduce((sum, need) => sum + need.count - need.missing, 0);
}

/** Any one approver of the workspace, as where no route fits. */
export function isUsual({ needs }: Standing): boolean {
  const [only, ...others] = needs;
  return others.length === 0 && only?.group === null && only.count === 1;
}

/** "2 of Finance and 1 of Legal, 1 signed"; null where any approver will do, which needs no words. */
export function waitsForWords(approval: Standing): string | null {
  if (isUsual(approval)) return null;
  const whose = approval.needs.map(({ count, group }) => needWords(count, group?.name ?? null));
  const last = whose.at(-1) ?? '';
  const all = whose.length > 1 ? `${whose.slice(0, -1).join(', ')} and ${last}` : last;
  return `${all}, ${signedOf(approval) || 'none'} signed`;
}

/** What became of a signature that was just given. */
export function signedWords(approval: Pick<Approval, 'needs' | 'status'>): string {
  if (approval.status === 'rejected') return 'Rejected';
  if (approval.status !== 'pending') return 'Approved';
  return `Signed; waits for ${missingOf(approval)} more`;
}
