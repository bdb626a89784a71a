import { z } from 'zod';
import { unconfirmedPeople } from '@/lib/domains/workspaces/server';
import { withAnyRole } from '@/lib/kernel/actor';
import { clock } from '@/lib/kernel/clock';
import { query } from '@/lib/kernel/verb';
import {
  agentsOf,
  complianceOf,
  decisionsOf,
  firstStepsOf,
  minutesOf,
  reasonsOf,
  reviewsOf,
  rotationsOf,
  trailOf,
  waitingOf,
} from './repo';
import { Overview } from './schema';

/** Whether anything is on fire, at a glance. */
export const getOverview = query({
  name: 'overview.get',
  input: z.strictObject({}),
  output: Overview,
  permit: (actor) => withAnyRole(actor, 'Only members see the overview.'),
  run: async ({ tx }) => {
    const now = clock.now();
    const { unknown, ...decisions } = await decisionsOf(tx, now);
    return {
      since: new Date(now.getTime() - 86_400_000).toISOString(),
      decisions,
      unknown,
      minutes: await minutesOf(tx, now),
      reasons: await reasonsOf(tx, now),
      waiting: await waitingOf(tx),
      reviews: await reviewsOf(tx, now),
      rotations: await rotationsOf(tx, now),
      compliance: await complianceOf(tx),
      trail: await trailOf(tx, now),
      unconfirmed: await unconfirmedPeople(tx),
      firstSteps: await firstStepsOf(tx),
      agents: await agentsOf(tx, now),
    };
  },
});
