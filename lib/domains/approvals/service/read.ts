import { z } from 'zod';
import { clock } from '@/lib/kernel/clock';
import { pageOf } from '@/lib/kernel/page-input';
import { toPage } from '@/lib/kernel/page';
import { query } from '@/lib/kernel/verb';
import { readApprovals } from '../policy';
import { peopleOf } from '../people';
import { approvalKey, brokenGlassSince, countWaiting, findApprovals, loadApproval } from '../repo';
import { Approval, ApprovalCount, ApprovalRef, ListApprovals } from '../schema';
import { viewApproval } from '../view';
import { countMine, pageOfMine } from './mine';

export const listApprovals = query({
  name: 'approvals.list',
  input: ListApprovals,
  output: pageOf(Approval),
  permit: readApprovals,
  run: async ({ ctx, input, tx }) => {
    if (input.mine) return pageOfMine(tx, input, ctx.actor);
    const rows = await findApprovals(tx, input);
    const people = await peopleOf(tx, rows, ctx.actor);
    return toPage(rows, input.limit, approvalKey, (row) => viewApproval(row, people, ctx.actor));
  },
});

export const getApproval = query({
  name: 'approvals.get',
  input: ApprovalRef,
  output: Approval,
  permit: readApprovals,
  run: async ({ ctx, input, tx }) => {
    const row = await loadApproval(tx, input.id);
    return viewApproval(row, await peopleOf(tx, [row], ctx.actor), ctx.actor);
  },
});

/** How long every admin is shown that the glass was broken. */
const LATELY_MS = 7 * 86_400_000;

/** How many wait, and since when, and whether the glass was broken; for the navigation and the overview. */
export const countApprovals = query({
  name: 'approvals.count',
  input: z.strictObject({}),
  output: ApprovalCount,
  permit: readApprovals,
  run: async ({ ctx, tx }) => {
    const { pending, oldest } = await countWaiting(tx);
    return {
      pending,
      mine: await countMine(tx, ctx.actor),
      oldest: oldest?.toISOString() ?? null,
      broke_glass: await brokenGlassSince(tx, new Date(clock.now().getTime() - LATELY_MS)),
    };
  },
});
