import { z } from 'zod';
import { inWorkspace } from '@/lib/infra/db';
import { clock } from '@/lib/kernel/clock';
import { appendEvents, makeEvent } from '@/lib/kernel/event';
import { defineJob } from '@/lib/kernel/job';
import { expireHeld } from './repo';

const CHUNK = 200;

/** Ends waits whose time has passed: an action that nobody approved does not run. */
const expireApprovals = defineJob({
  name: 'approvals.expire',
  input: z.object({}),
  schedule: { every: 5_000 },
  run: async (ctx) => {
    let ended: number;
    do {
      ended = await inWorkspace(ctx.workspace, async (tx) => {
        const rows = await expireHeld(tx, clock.now(), CHUNK);
        await appendEvents(
          tx,
          rows.map((row) =>
            makeEvent(ctx, {
              type: 'approval.expired',
              agent: row.agentId,
              session: row.sessionId,
              action: row.id,
              object: { type: 'action_type', id: row.type },
              outcome: 'expired',
              tier: row.tier ?? 3,
              policy_version: row.policyVersion,
              digest: row.digest,
              data: { expired_at: row.expiresAt?.toISOString() ?? null },
            }),
          ),
        );
        return rows.length;
      });
    } while (ended === CHUNK);
  },
});

export const approvalsJobs = [expireApprovals];
