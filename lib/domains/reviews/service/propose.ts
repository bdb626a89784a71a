import { inWorkspace } from '@/lib/infra/db';
import { clock } from '@/lib/kernel/clock';
import type { Context } from '@/lib/kernel/context';
import { findProposals } from '../rates';
import { readReviewSettings } from '../settings';

/**
 * Notes which permissions the verdicts propose to move, so that people are told of each when it
 * begins: one that the verdicts no longer propose is forgotten, and news when they do again.
 */
export async function noteProposals(ctx: Context): Promise<void> {
  await inWorkspace(ctx.workspace, async (tx) => {
    const found = await findProposals(tx, await readReviewSettings(tx));
    const since = clock.now();
    await tx.reviewProposal.deleteMany({
      where: {
        NOT: {
          OR: found.map(({ move, permission: permissionId }) => ({ move, permissionId })),
        },
      },
    });
    await tx.reviewProposal.createMany({
      data: found.map(({ move, permission }) => ({
        ...{ permissionId: permission, move, workspaceId: ctx.workspace, since },
      })),
      skipDuplicates: true,
    });
  });
}
