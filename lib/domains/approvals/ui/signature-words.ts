/** Whom a held action waits for, in few words. */
import { needWords } from './routing/words';
import type { Approval } from '../schema';

type Standing = Pick<Approval, 'needs' | 'beside'>;

/** How many signatures it still lacks. */
export function missingOf({ needs, beside }: Standing): number {
  return needs.reduce((sum, need) => sum + need.missing, beside.missing);
}

/** How many it has of those it takes. */
export function signedOf({ needs, beside }: Standing): number {
  return needs.reduce(
    (sum, need) => sum + need.count - need.missing,
    beside.count - beside.missing,
  );
}

/** Any one approver of the workspace, as where no route fits. */
export function isUsual({ needs, beside }: Standing): boolean {
  const [only, ...others] = needs;
  return beside.count === 0 && others.length === 0 && only?.group === null && only.count === 1;
}

/** "2 of Finance and 1 of Legal, 1 signed"; null where any approver will do, which needs no words. */
export function waitsForWords(approval: Standing): string | null {
  if (isUsual(approval)) return null;
  const whose = approval.needs.map(({ count, group }) => needWords(count, group?.name ?? null));
  if (approval.beside.count > 0) whose.push(`${approval.beside.count} beside`);
  const last = whose.at(-1) ?? '';
  const all = whose.length > 1 ? `${whose.slice(0, -1).join(', ')} and ${last}` : last;
  return `${all}, ${signedOf(approval) || 'none'} signed`;
}

/** What became of a signature that was just given. */
export function signedWords(
  approval: Standing & Pick<Approval, 'status'> & { planted?: Approval['planted'] },
): string {
  if (approval.planted) return 'This request was planted';
  if (approval.status === 'rejected') return 'Rejected';
  if (approval.status !== 'pending') return 'Approved';
  return `Signed; waits for ${missingOf(approval)} more`;
}
