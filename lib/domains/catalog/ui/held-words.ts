import type { signings } from '../schema';

/** How a signature is made, after “Approvers sign”. */
export const signingWords: Record<(typeof signings)[number], string> = {
  session: 'in their session',
  step_up: 'after signing in again within 5 minutes',
  passkey: 'with a passkey',
};
