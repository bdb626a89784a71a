/** What came of trying a step. */
export type StepResult =
  /** Taken, by us or by another worker: look again. */
  | { taken: true }
  /** Not yet; a sentence for people, and milliseconds until it is worth asking again. */
  | { wait: string; forMs: number }
  /** Cannot succeed; why, in a sentence. */
  | { fail: string };

export function taken(_won: boolean): StepResult {
  // Who lost the conditional update goes on from what the winner committed.
  return { taken: true };
}

export function waitFor(what: string, forMs: number): StepResult {
  return { wait: what, forMs };
}
