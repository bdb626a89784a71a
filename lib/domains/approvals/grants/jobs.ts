import { z } from 'zod';
import { inWorkspace } from '@/lib/infra/db';
import { clock } from '@/lib/kernel/clock';
import { defineJob } from '@/lib/kernel/job';
import { candidates, openGrants, workspacesWithGrants } from './repo';
import { signByGrant } from './use';

/** So many a run; the next one, two seconds later, goes on. No grant has more uses. */
const MOST = 100;

/** Approves what waits and fits an open grant. Each use is a deed of its own, so a crash loses none. */
export const applyGrants = defineJob({
  name: 'approvals.apply_grants',
  input: z.object({}),
  schedule: { every: 2_000 },
  workspaces: workspacesWithGrants,
  run: async (ctx) => {
    const now = clock.now();
    const found = await inWorkspace(
      ctx.workspace,
      async (tx) => {
        const grants = await openGrants(tx, now);
        const work = [];
        for (const grant of grants)
          work.push({ grant, actions: await candidates(tx, grant, MOST) });
        return work;
      },
      { readOnly: true },
    );
    for (const { grant, actions } of found) {
      let left = grant.maxUses - grant.used;
      for (const action of actions) {
        if (left <= 0) break;
        if (await signByGrant(ctx, grant.id, action)) left -= 1;
      }
    }
  },
});
