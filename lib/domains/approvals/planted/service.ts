import { z } from 'zod';
import { readSettings } from '@/lib/domains/workspaces/server';
import { clock } from '@/lib/kernel/clock';
import { query, verb } from '@/lib/kernel/verb';
import { manageApprovals, seesEveryApprover } from '../policy';
import { plantRequest } from './jobs';
import { COUNTED_DAYS, outcomesSince } from './repo';
import { PlantedCounts, Planting, PlantNow } from './schema';

const DAY_MS = 86_400_000;

/** How many were revealed and how they ended; of those that wait nothing, to anyone. */
export const plantedCounts = query({
  name: 'planted_requests.counts',
  input: z.strictObject({}),
  output: PlantedCounts,
  permit: seesEveryApprover,
  run: async ({ ctx, tx }) => {
    const { plantedPer100 } = await readSettings(tx);
    const since = new Date(clock.now().getTime() - COUNTED_DAYS * DAY_MS);
    const rows = await outcomesSince(tx, since);
    const look = await tx.plantedLook.findFirst();
    const sum = (wanted: string) =>
      rows.reduce((all, { outcome, count }) => all + (outcome === wanted ? count : 0), 0);
    return {
      ...{ days: COUNTED_DAYS, per_100: plantedPer100 },
      ...{ caught: sum('caught'), missed: sum('missed'), expired: sum('expired') },
      nothing:
        look?.nothing && look.nothingAt
          ? { why: look.nothing, at: look.nothingAt.toISOString() }
          : null,
      can: { plant: manageApprovals(ctx.actor) },
    };
  },
});

/**
 * Plants one now, by chance as ever: the admin is not told which, and what they themselves
 * decide of it counts for nobody.
 */
export const plantNow = verb({
  name: 'planted_requests.plant',
  input: PlantNow,
  output: Planting,
  permit: manageApprovals,
  run: async ({ ctx, event, after }) => {
    event({ type: 'approval.planting_asked', object: { type: 'workspace', id: ctx.workspace } });
    after(() => plantRequest.enqueue(ctx.workspace, { by: ctx.actor.id }));
    return { asked_at: clock.now().toISOString() };
  },
});
