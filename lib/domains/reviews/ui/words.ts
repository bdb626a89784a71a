import type { FollowUpKind, ReasonCode, Sample } from '../schema';

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
