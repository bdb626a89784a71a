import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

export interface Limit {
  /** What is counted: attempts under one key. */
  name: string;
  points: number;
  seconds: number;
}

const limiters = new Map<string, RateLimiterMemory>();

function limiter(limit: Limit): RateLimiterMemory {
  let found = limiters.get(limit.name);
  if (!found) {
    found = new RateLimiterMemory({
      keyPrefix: limit.name,
      points: limit.points,
      duration: limit.seconds,
    });
    limiters.set(limit.name, found);
  }
  return found;
}

/** Takes one attempt; answers 0, or the seconds to wait when none is left. */
export async function takeAttempt(limit: Limit, key: string): Promise<number> {
  try {
    await limiter(limit).consume(key);
    return 0;
  } catch (refused) {
    if (refused instanceof RateLimiterRes) return Math.ceil(refused.msBeforeNext / 1_000);
    throw refused;
  }
}

/** Gives one attempt back, after one that succeeded or was not to be counted. */
export async function returnAttempt(limit: Limit, key: string): Promise<void> {
  await limiter(limit).reward(key);
}

/** Forgets the attempts under a key. */
export async function forgetAttempts(limit: Limit, key: string): Promise<void> {
  await limiter(limit).delete(key);
}

/** Seconds to wait when no attempt is left, or 0; takes none. For limits that count failures only. */
export async function waitOf(limit: Limit, key: string): Promise<number> {
  const used = await limiter(limit).get(key);
  if (!used || used.consumedPoints < limit.points) return 0;
  return Math.max(1, Math.ceil(used.msBeforeNext / 1_000));
}
