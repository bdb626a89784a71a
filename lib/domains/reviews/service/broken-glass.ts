import { readSettings, readTimeZone } from '@/lib/domains/workspaces/server';
import { inWorkspace } from '@/lib/infra/db';
import { clock } from '@/lib/kernel/clock';
import type { Context } from '@/lib/kernel/context';
import { appendEvents, makeEvent } from '@/lib/kernel/event';
import { newId } from '@/lib/kernel/ids';
import { dayOf } from '../day';
import { asDate, withoutReview } from '../repo';

const CHUNK = 200;

/**
 * Puts what was approved by breaking the glass among the reviews, once it has run or another
 * gateway was permitted to run it: by somebody
 * other than who broke it, and due as every review is. Doing it twice does it once.
 */
export async function reviewBrokenGlass(ctx: Context): Promise<number> {
  return inWorkspace(ctx.workspace, async (tx) => {
    const rows = await withoutReview(tx, CHUNK);
    if (rows.length === 0) return 0;
    const { reviewDueHours } = await readSettings(tx);
    const timeZone = await readTimeZone(tx);
    const now = clock.now();
    const dueAt = new Date(now.getTime() + reviewDueHours * 3_600_000);
    let made = 0;
    for (const row of rows) {
      const id = newId('smp');
      const { count } = await tx.sample.createMany({
        data: {
          ...{ id, workspaceId: ctx.workspace, actionId: row.id, origin: 'break_glass', dueAt },
          day: asDate(dayOf(row.createdAt, timeZone)),
          excluded: row.excluded,
        },
        skipDuplicates: true,
      });
      if (count === 0) continue;
      made += 1;
      await appendEvents(tx, [
        makeEvent(ctx, {
          type: 'review.required',
          agent: row.agentId,
          session: row.sessionId,
          action: row.id,
          object: { type: 'sample', id },
          tier: 3,
          data: { origin: 'break_glass', due_at: dueAt.toISOString() },
        }),
      ]);
    }
    return made;
  });
}
