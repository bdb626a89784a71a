import type { FollowUpKind, ReasonCode, ReviewFinding, Sample } from '../schema';

export const reasonWords: Record<ReasonCode, string> = {
  not_asked_for: 'Nobody asked for it',
  wrong_target: 'Wrong record or person',
  wrong_content: 'Wrong amount or content',
  against_rules: 'Against our rules',
  weak_evidence: 'The source data does not carry it',
  too_little_shown: 'Too little is shown to tell',
  other: 'Something else',
};

export const followUpWords: Record<FollowUpKind, string> = {
  correct: 'Corrected',
  tighten: 'Permission tightened in a draft',
  probation: 'Agent put on probation',
  isolate: 'Agent isolated',
};

/** Why a sample is one, where the day's draw did not choose it. */
export const originWords: Record<Sample['origin'], string | null> = {
  daily: null,
  hand: 'drawn by hand',
  break_glass: 'approved by breaking the glass',
};

type Standing = Pick<Sample, 'verdict' | 'reviewed_by' | 'wanted' | 'can'>;

/** Why the verdict is no longer the reader's, who was writing one; null while it is. */
export function meanwhileWords({ verdict, reviewed_by: by, wanted, can }: Standing): string | null {
  if (verdict === null) return can.review.allowed ? null : (can.review.reason ?? null);
  if (wanted > 1) return `Both reviews of this have just come in. Its verdict: ${verdict}.`;
  return by
    ? `${by.name} has just marked this ${verdict}.`
    : `This has just been marked ${verdict}.`;
}

export type FollowUpDo = FollowUpKind | 'close';

/** The least that a note says where it has to say something; as the server counts. */
export const LEAST_NOTE = 3;

/** Whether what is done about a finding takes a note: to close it does where nothing was done. */
export function mustSay(what: FollowUpDo, finding: Pick<ReviewFinding, 'follow_ups'>): boolean {
  if (what === 'close') return finding.follow_ups.length === 0;
  return what === 'correct' || what === 'isolate';
}
