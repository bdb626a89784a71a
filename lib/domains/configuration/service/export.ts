import { z } from 'zod';
import { query } from '@/lib/kernel/verb';
import { printAll, readCurrent } from '../perform';
import { readConfiguration } from '../policy';
import { Exported } from '../schema';

/** A workspace's configuration as files; equal ones are equal byte for byte, whatever their ids. */
export const exportConfiguration = query({
  name: 'configuration.export',
  input: z.strictObject({}),
  output: Exported,
  permit: readConfiguration,
  run: async ({ tx }) => ({ files: printAll(await readCurrent(tx)) }),
});
