import { z } from 'zod';
import { readTimeZone } from '@/lib/domains/workspaces/server';
import { inWorkspace } from '@/lib/infra/db';
import { clock } from '@/lib/kernel/clock';
import { appendEvents, makeEvent } from '@/lib/kernel/event';
import { defineJob } from '@/lib/kernel/job';
import { dayIn } from './days';
import { readActs } from './repo';
import { IN_A_ROW, MEDIAN_SECONDS, stamping } from './rules';

const DAY_MS = 86_400_000;
const KIND = 'rubber_stamping';

/**
 * Says who of late approved so many in a row without reading them; once of each for a day on which
 * they did. So a run that was told is told again only when it goes on into another day.
 */
export const watchApprovers = defineJob({
  name: 'approvals.watch_approvers',
  input: z.object({}),
  schedule: { every: 300_000 },
  run: (ctx) =>
    inWorkspace(ctx.workspace, async (tx) => {
      const at = clock.now();
      const found = stamping(await readActs(tx, new Date(at.getTime() - DAY_MS)));
      if (found.length === 0) return;
      const zone = await readTimeZone(tx);
      for (const { member, until, ...detail } of found) {
        const day = dayIn(zone, until);
        const { count } = await tx.approverAlert.createMany({
          data: [
            {
              ...{ workspaceId: ctx.workspace, memberId: member, kind: KIND, at },
              ...{ day: new Date(`${day}T00:00:00Z`), detail },
            },
          ],
          skipDuplicates: true,
        });
        if (count === 0) continue;
        await appendEvents(tx, [
          makeEvent(ctx, {
            type: 'approver.rubber_stamping',
            object: { type: 'member', id: member },
            data: {
              ...{ ...detail, day, until: until.toISOString() },
              thresholds: { in_a_row: IN_A_ROW, median_seconds: MEDIAN_SECONDS },
            },
          }),
        ]);
      }
    }),
});
