/** How much is looked at for one request: bounded by what is sent, also where that is looked at many times. */
import { setImmediate } from 'node:timers/promises';
import { MAX_BYTES } from '../schema';

/** Characters of JSON in one request, those that are given for several questions counted for each. */
const MOST = 4 * MAX_BYTES;
/** Of those in one turn of the event loop, and how many questions that may be. */
const MOST_A_TURN = 64 * 1024;
const QUESTIONS_A_TURN = 25;

export interface Work {
  /** Questions that one request may ask with what it gives for all; at least one. */
  most: number;
  /** Resolves at once, or after a number of questions once everyone else has had a turn. */
  asked: () => Promise<void> | undefined;
}

export function workWith(givenForAll: unknown): Work {
  const size = JSON.stringify(givenForAll).length;
  const aTurn = Math.min(QUESTIONS_A_TURN, Math.ceil(MOST_A_TURN / size));
  let count = 0;
  return {
    most: Math.max(1, Math.floor(MOST / size)),
    asked: () => {
      count += 1;
      return count % aTurn === 0 ? setImmediate() : undefined;
    },
  };
}
