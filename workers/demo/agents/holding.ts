import { setTimeout as sleep } from 'node:timers/promises';
import { type GatewayClient, isObject } from '../client';

const WAIT_SECONDS = 30;
const STILL_OPEN = new Set(['pending', 'approved', 'running']);

/** What an agent that follows a script says when it is asked. */
const ANSWER = 'I know no more than the source data that I gave with it.';

/**
 * Follows a held action with long polls until it is decided and done, answering what it is
 * asked. Resolves with its last
 * state, or undefined when the agent stops or the action is not there any more.
 */
export async function followHeld(
  client: GatewayClient,
  action: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  let failures = 0;
  while (!signal.aborted) {
    const answer = await client.poll(action, WAIT_SECONDS, signal).catch(() => undefined);
    if (answer?.status === 404) return undefined;
    const status =
      answer?.status === 200 || answer?.status === 202 ? answer.body['status'] : undefined;
    if (typeof status === 'string') {
      failures = 0;
      if (!STILL_OPEN.has(status)) return status;
      const question = isObject(answer?.body['question']) ? answer.body['question']['id'] : null;
      if (typeof question === 'string')
        await client.answer(action, question, ANSWER).catch(() => undefined);
      // A state that changed without being final answers at once; this keeps the loop gentle.
      if (status !== 'pending') await pause(500, signal);
      continue;
    }
    failures += 1;
    await pause(answer?.retryAfter ? answer.retryAfter * 1000 : backOff(failures), signal);
  }
  return undefined;
}

/** Milliseconds to wait after the nth failure in a row: 1 s doubling to 30 s, spread by a fifth. */
export function backOff(failures: number): number {
  const base = Math.min(1000 * 2 ** Math.max(failures - 1, 0), 30_000);
  return base * (0.9 + Math.random() * 0.2);
}

/** Sleeps, or returns early when the signal aborts. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
}
