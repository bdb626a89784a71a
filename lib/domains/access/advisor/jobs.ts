import { z } from 'zod';
import { inWorkspace } from '@/lib/infra/db';
import { idSchema } from '@/lib/kernel/ids';
import { defineJob } from '@/lib/kernel/job';
import { look } from './look';
import { beginLook } from './repo';
import { DAYS } from './schema';

/** A look that a person asked for. */
export const lookJob = defineJob({
  name: 'advisor.look',
  input: z.object({ look: idSchema('alk') }),
  run: async (ctx, input) => look(ctx, input.look),
});

/** A look each night. */
const nightly = defineJob({
  name: 'advisor.nightly',
  input: z.object({}),
  schedule: { daily: '03:20' },
  run: async (ctx) => {
    const { workspace: workspaceId, actor } = ctx;
    const row = await inWorkspace(workspaceId, (tx) =>
      beginLook(tx, { workspaceId, days: DAYS, startedBy: actor.id }),
    );
    await look(ctx, row.id);
  },
});

export const advisorJobs = [lookJob, nightly];
