import { z } from 'zod';
import { inWorkspace, type Tx } from '@/lib/infra/db';
import { clock } from '@/lib/kernel/clock';
import type { Context } from '@/lib/kernel/context';
import { appendEvents, makeEvent, type NewEvent } from '@/lib/kernel/event';
import { defineJob } from '@/lib/kernel/job';
import { applyGrants } from './grants/jobs';
import { watchApprovers } from './health/jobs';
import { drawPlanted, plantRequest } from './planted/jobs';
import { revealExpired } from './planted/reveal';
import { expireHeld, loadApprovals, takeNotices } from './repo';

const CHUNK = 200;

/** Repeats a chunk of work, each in a transaction of its own, until one is not full. */
async function inChunks(ctx: Context, work: (tx: Tx) => Promise<number>): Promise<void> {
  let done: number;
  do done = await inWorkspace(ctx.workspace, work);
  while (done === CHUNK);
}

/** Ends waits whose time has passed: an action that nobody approved does not run. */
const expireApprovals = defineJob({
  name: 'approvals.expire',
  input: z.object({}),
  schedule: { every: 5_000 },
  run: (ctx) =>
    inChunks(ctx, async (tx) => {
      const rows = await expireHeld(tx, clock.now(), CHUNK);
      const isPlanted = (row: (typeof rows)[number]) => row.planted === true;
      const events = rows
        .filter((row) => !isPlanted(row))
        .map((row): NewEvent => ({
          type: 'approval.expired',
          agent: row.agentId,
          session: row.sessionId,
          action: row.id,
          object: { type: 'action_type', id: row.type },
          outcome: 'expired',
          tier: row.tier ?? 3,
          ...(row.classification ? { classification: row.classification } : {}),
          policy_version: row.policyVersion,
          digest: row.digest,
          data: { expired_at: row.expiresAt?.toISOString() ?? null },
        }));
      const planted = rows.filter(isPlanted).map(({ id }) => id);
      for (const row of await loadApprovals(tx, planted)) events.push(await revealExpired(tx, row));
      await appendEvents(
        tx,
        events.map((event) => makeEvent(ctx, event)),
      );
      return rows.length;
    }),
});

/** Reminds at half and at nine tenths of a wait, and says when it goes on to the next group. */
export const remindOfApprovals = defineJob({
  name: 'approvals.remind',
  input: z.object({}),
  schedule: { every: 10_000 },
  run: (ctx) =>
    inChunks(ctx, async (tx) => {
      const notices = await takeNotices(tx, clock.now(), CHUNK);
      await appendEvents(
        tx,
        notices.map((notice) => {
          const escalated = notice.kind.startsWith('escalation');
          return makeEvent(ctx, {
            type: escalated ? 'approval.escalated' : 'approval.reminded',
            agent: notice.agent_id,
            session: notice.session_id,
            action: notice.action_id,
            object: { type: 'action_type', id: notice.type },
            ...(notice.classification ? { classification: notice.classification } : {}),
            digest: notice.digest,
            data: {
              ...(escalated ? { group: notice.group } : { at: notice.kind }),
              expires_at: notice.expires_at.toISOString(),
            },
          });
        }),
      );
      return notices.length;
    }),
});

export const approvalsJobs = [
  expireApprovals,
  remindOfApprovals,
  applyGrants,
  watchApprovers,
  drawPlanted,
  plantRequest,
];
