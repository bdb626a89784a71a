import { z } from 'zod';
import { clock } from '@/lib/kernel/clock';
import { query, verb } from '@/lib/kernel/verb';
import { changeReviewSettings, readReviews } from '../policy';
import { ReviewSettings, ReviewSettingsView, UpdateReviewSettings } from '../schema';
import { readReviewSettings } from '../settings';

export const getReviewSettings = query({
  name: 'reviews.settings',
  input: z.strictObject({}),
  output: ReviewSettingsView,
  permit: readReviews,
  run: async ({ ctx, tx }) => ({
    settings: await readReviewSettings(tx),
    can: { update: changeReviewSettings(ctx.actor) },
  }),
});

/** Holds from the next day that closes: a closed day keeps the setting that its event says. */
export const updateReviewSettings = verb({
  name: 'reviews.update_settings',
  input: UpdateReviewSettings,
  output: ReviewSettingsView,
  permit: changeReviewSettings,
  run: async ({ ctx, input, tx, event }) => {
    const before = await readReviewSettings(tx);
    const settings = ReviewSettings.parse({ ...before, ...input });
    const said = { settings, updatedBy: ctx.actor.id, updatedAt: clock.now() };
    await tx.reviewSetting.upsert({
      where: { workspaceId: ctx.workspace },
      create: { workspaceId: ctx.workspace, ...said },
      update: said,
    });
    event({
      type: 'review_settings.updated',
      object: { type: 'workspace', id: ctx.workspace },
      data: { before, after: settings },
    });
    return { settings, can: { update: changeReviewSettings(ctx.actor) } };
  },
});
