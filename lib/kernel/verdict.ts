/** A policy's answer: allowed, or denied with a sentence for the person. */
export type Verdict = { allowed: true } | { allowed: false; reason: string };

export const allow: Verdict = { allowed: true };

export function deny(reason: string): Verdict {
  return { allowed: false, reason };
}

/** The first denial, or allow. */
export function all(...verdicts: Verdict[]): Verdict {
  return verdicts.find((verdict) => !verdict.allowed) ?? allow;
}
