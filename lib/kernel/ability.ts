import { z } from 'zod';

/** What a member may do with a record; travels with it, so that the console can say why not. */
export const Ability = z.object({ allowed: z.boolean(), reason: z.string().optional() });
export type Ability = z.output<typeof Ability>;
