import { z } from 'zod';
import { inWorkspace } from '@/lib/infra/db';
import { clock } from '@/lib/kernel/clock';
import type { Context } from '@/lib/kernel/context';
import { defineJob } from '@/lib/kernel/job';
import {
  type Candidate,
  candidates,
  type GrantRow,
  openGrants,
  workspacesWithGrants,
} from './repo';
import { signByGrant, usable } from './use';

const PAGE = 100;

/** Approves what waits and fits an open grant. Each use is a deed of its own, so a crash loses none. */
export const applyGrants = defineJob({
  name: 'approvals.apply_grants',
  input: z.object({}),
  schedule: { every: 2_000 },
  workspaces: workspacesWithGrants,
  run: async (ctx) => {
    const open = await inWorkspace(ctx.workspace, (tx) => openGrants(tx, clock.now()), {
      readOnly: true,
    });
    for (const grant of open) await applyGrant(ctx, grant);
  },
});

/** Goes on past what the rules refuse, however much of that waits: it would wait there the next time too. */
async function applyGrant(ctx: Context, grant: GrantRow): Promise<void> {
  let left = grant.maxUses - grant.used;
  let last: Candidate | undefined;
  do {
    const after = last;
    const page = await inWorkspace(
      ctx.workspace,
      async (tx) => {
        const found = await candidates(tx, grant, PAGE, after);
        const ids = found.map(({ id }) => id);
        return { usable: await usable(tx, grant, ids), next: found[PAGE - 1] };
      },
      { readOnly: true },
    );
    for (const action of page.usable) {
      if (left > 0 && (await signByGrant(ctx, grant.id, action))) left -= 1;
    }
    last = page.next;
  } while (last && left > 0);
}
