import { inWorkspace } from '@/lib/infra/db';
import { clock } from '@/lib/kernel/clock';
import type { Context } from '@/lib/kernel/context';
import { appendEvents, makeEvent } from '@/lib/kernel/event';
import { assignOpen } from './assign';

/** Says once of each review that is overdue that it is everybody's now. */
export async function escalateOverdue(ctx: Context): Promise<number> {
  // Whoever put one in from elsewhere, such as for a broken glass, left this to us.
  await assignOpen(ctx.workspace);
  return inWorkspace(ctx.workspace, async (tx) => {
    const now = clock.now();
    const overdue = { verdict: null, escalatedAt: null, dueAt: { lt: now } };
    const rows = await tx.sample.findMany({
      where: overdue,
      // What the event says and no more: with their payloads so many actions would fill the memory.
      select: {
        ...{ id: true, actionId: true, origin: true, dueAt: true },
        action: { select: { agentId: true, sessionId: true, tier: true, classification: true } },
        reviews: { where: { verdict: null }, select: { assignedTo: true } },
      },
      orderBy: { dueAt: 'asc' },
      take: 1_000,
    });
    let said = 0;
    for (const row of rows) {
      const { count } = await tx.sample.updateMany({
        where: { id: row.id, ...overdue },
        data: { escalatedAt: now },
      });
      if (count === 0) continue;
      said += 1;
      await appendEvents(tx, [
        makeEvent(ctx, {
          type: 'review.escalated',
          agent: row.action.agentId,
          session: row.action.sessionId,
          action: row.actionId,
          object: { type: 'sample', id: row.id },
          tier: row.action.tier ?? 2,
          ...(row.action.classification ? { classification: row.action.classification } : {}),
          data: {
            due_at: row.dueAt.toISOString(),
            origin: row.origin,
            assigned_to: row.reviews.flatMap((one) => one.assignedTo ?? []),
            to: 'every approver, and the admins',
          },
        }),
      ]);
    }
    return said;
  });
}
