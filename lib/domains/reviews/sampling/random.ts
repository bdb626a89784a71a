import { randomInt } from 'node:crypto';

/**
 * `size` of the ids, each subset equally likely, by the operating system's random source
 * (a partial Fisher-Yates shuffle). All of them when there are no more than `size`.
 */
export function drawAtRandom(ids: readonly string[], size: number): string[] {
  const pool = [...ids];
  const wanted = Math.min(size, pool.length);
  for (let index = 0; index < wanted; index += 1) {
    const other = randomInt(index, pool.length);
    [pool[index], pool[other]] = [pool[other] as string, pool[index] as string];
  }
  return pool.slice(0, wanted);
}
