import { z } from 'zod';
import { inWorkspace } from '@/lib/infra/db';
import { clock } from '@/lib/kernel/clock';
import { defineJob } from '@/lib/kernel/job';
import { deliver } from './deliver';
import { gather } from './gather';
import { forgetBefore } from './repo';

const KEPT_MS = 90 * 86_400_000;

/** Tells what has happened, and sends what is due. */
export const sendNotifications = defineJob({
  name: 'notifications.send',
  input: z.object({}),
  schedule: { every: 5_000 },
  run: async (ctx) => {
    await gather(ctx);
    await deliver(ctx);
  },
});

const forgetNotifications = defineJob({
  name: 'notifications.forget',
  input: z.object({}),
  schedule: { daily: '03:40' },
  run: (ctx) => {
    const before = new Date(clock.now().getTime() - KEPT_MS);
    return inWorkspace(ctx.workspace, (tx) => forgetBefore(tx, before));
  },
});

export const notificationsJobs = [sendNotifications, forgetNotifications];
