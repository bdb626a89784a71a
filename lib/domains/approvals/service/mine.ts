import type { z } from 'zod';
import type { Tx } from '@/lib/infra/db';
import type { Actor } from '@/lib/kernel/actor';
import { encodeCursor } from '@/lib/kernel/page';
import type { Page } from '@/lib/kernel/page-input';
import { peopleOf } from '../people';
import { approvalKey, findApprovals } from '../repo';
import type { Approval, ListApprovals } from '../schema';
import { verdictOn, viewApproval } from '../view';

const CHUNK = 200;
/** How many are looked at for one page; past them the page ends early, and goes on from there. */
const MOST = 1_000;

/**
 * Of what waits, what this member may decide. The rule is asked of each row, as it is when they
 * sign, so a page may end with fewer than its limit; `next` goes on behind the last one looked at.
 */
export async function pageOfMine(
  tx: Tx,
  input: z.output<typeof ListApprovals>,
  actor: Actor,
): Promise<Page<Approval>> {
  const items: Approval[] = [];
  let cursor = input.cursor;
  for (let looked = 0; looked < MOST; looked += CHUNK) {
    const rows = await findApprovals(tx, { ...input, status: 'pending', cursor, limit: CHUNK });
    const people = await peopleOf(tx, rows, actor);
    for (const [at, row] of rows.slice(0, CHUNK).entries()) {
      cursor = encodeCursor(approvalKey(row));
      if (verdictOn(row, people, actor).allowed) items.push(viewApproval(row, people, actor));
      if (items.length === input.limit)
        return { items, next: at + 1 < rows.length ? cursor : null };
    }
    if (rows.length <= CHUNK) return { items, next: null };
  }
  return { items, next: cursor ?? null };
}
