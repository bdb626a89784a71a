import { z } from 'zod';

/** In a change of what others may change too: the `digest` that it was read with; 409 once it is another. */
export const seenInput = { digest: z.string().max(100).optional() };
