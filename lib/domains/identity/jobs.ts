import { z } from 'zod';
import { inWorkspace } from '@/lib/infra/db';
import { defineJob } from '@/lib/kernel/job';

/** Forgets used assertions and revoked tokens an hour after they could last have mattered. */
export const forgetExpiredTokens = defineJob({
  name: 'identity.forget_expired_tokens',
  input: z.object({}),
  schedule: { every: 600_000 },
  run: async (ctx) => {
    await inWorkspace(ctx.workspace, (tx) => tx.$queryRaw`SELECT forget_expired_tokens()::int`);
  },
});

export const identityJobs = [forgetExpiredTokens];
