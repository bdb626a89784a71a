import { z } from 'zod';
import { defineJob } from '@/lib/kernel/job';
import { runExport } from './run';

/** Makes the file of one export. */
export const exportJob = defineJob({
  name: 'trail.export',
  long: true,
  input: z.object({ id: z.string() }),
  run: (ctx, { id }) => runExport(ctx, id),
});
