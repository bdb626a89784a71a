import {
  forgetAttempts,
  type Limit,
  returnAttempt,
  takeAttempt,
  waitOf,
} from '@/lib/infra/rate-limit';

const QUARTER_HOUR = 900;

// Sign-in: five failures for one address of mail from one place; the wider two bound guessing
// from many places and at many members.
const pair: Limit = { name: 'sign-in-pair', points: 5, seconds: QUARTER_HOUR };
const email: Limit = { name: 'sign-in-email', points: 25, seconds: QUARTER_HOUR };
const address: Limit = { name: 'sign-in-address', points: 100, seconds: QUARTER_HOUR };

/** Passwords and codes asked again of someone who is signed in. */
export const ownAttempts: Limit = { name: 'own-secrets', points: 10, seconds: QUARTER_HOUR };

/** Step-ups that failed, wherever from: as few as sign-ins from one place. */
export const stepUpAttempts: Limit = { name: 'step-up', points: 5, seconds: QUARTER_HOUR };

interface Who {
  email: string;
  address: string;
}

const keys = (who: Who): [Limit, string][] => [
  [pair, `${who.email} ${who.address}`],
  [address, who.address],
  [email, who.email],
];

/**
 * Counts an attempt before it is tried; answers 0, or the seconds to wait. The narrow limit
 * comes first and stops there, so that one place cannot use up everyone's attempts. Of a place that
 * has none left nothing more is counted: with ever new addresses of mail it would fill the memory.
 */
export async function takeSignIn(who: Who): Promise<number> {
  const refused = await waitOf(address, who.address);
  if (refused > 0) return refused;
  for (const [limit, key] of keys(who)) {
    const wait = await takeAttempt(limit, key);
    if (wait > 0) return wait;
  }
  return 0;
}

/** Gives the attempt back: it was no failure. */
export async function returnSignIn(who: Who): Promise<void> {
  await Promise.all(keys(who).map(([limit, key]) => returnAttempt(limit, key)));
}

/** After a success the address of mail starts anew. */
export async function forgiveSignIn(who: Who): Promise<void> {
  await Promise.all([
    forgetAttempts(pair, `${who.email} ${who.address}`),
    returnAttempt(email, who.email),
    returnAttempt(address, who.address),
  ]);
}
