import { Problem } from '@/lib/kernel/problem';
import type { ActionAnswer, ActionProblem, OpenQuestion, Reason } from './schema';
import type { ActionStatus } from './state';
import type { ActionError } from './tool/outcome';

/** An action as its row has it (prisma/schema/gateway.prisma). */
export interface ActionRow {
  id: string;
  workspace_id: string;
  agent_id: string;
  session_id: string;
  on_behalf_of: string | null;
  type: string;
  parameters: Record<string, unknown>;
  summary: string;
  why: string;
  evidence: unknown;
  untrusted: unknown;
  classification: string | null;
  decision: 'allow' | 'hold' | 'deny';
  tier: number | null;
  reasons: Reason[];
  /** The first is the one that the action is counted against. */
  permissions: string[];
  policy_version: string;
  digest: string;
  status: ActionStatus;
  idempotency_key: string;
  request_hash: string;
  amount: number | null;
  result: unknown;
  error: ActionError | null;
  created_at: Date;
  expires_at: Date | null;
  started_at: Date | null;
  deadline_at: Date | null;
  finished_at: Date | null;
  /** Where the request came from. */
  address: string | null;
  /** The member or agent whose gateway asked for it and runs it; absent where Countersign runs it. */
  asked_by?: string | null;
}

/** What else is told of an action that waits or waited for a person. */
export interface Told {
  /** The open question about it. */
  question?: OpenQuestion | null;
  /** Its parameters as approved, where they are not those proposed. */
  narrowed?: Record<string, unknown> | null;
}

/** An action as its agent is told of it. */
export function viewOf(row: ActionRow & Told): ActionAnswer {
  const { question, narrowed } = row;
  return {
    id: row.id,
    status: row.status,
    decision: row.decision,
    ...(row.tier ? { tier: row.tier } : {}),
    ...(row.result === null || row.result === undefined ? {} : { result: row.result }),
    ...(row.error ? { error: row.error } : {}),
    ...(row.reasons.length > 0 ? { reasons: row.reasons } : {}),
    ...(question
      ? { question: { ...question, asked_at: new Date(question.asked_at).toISOString() } }
      : {}),
    ...(narrowed ? { parameters: narrowed } : {}),
    ...(row.status === 'pending' && row.expires_at
      ? { expires_at: row.expires_at.toISOString() }
      : {}),
    policy_version: row.policy_version,
    digest: row.digest,
  };
}

export interface Answer {
  status: 200 | 202;
  body: ActionAnswer;
}

/** The answer to a proposal; the same row gives the same answer. Throws 403 and 502 problems. */
export function answerOf(row: ActionRow & Told): Answer {
  const body = viewOf(row);
  switch (row.status) {
    case 'denied':
      throw new Problem({
        status: 403,
        code: row.reasons[0]?.code ?? 'denied',
        title: 'Denied',
        detail: row.reasons[0]?.message ?? 'The action is not allowed.',
        extra: toldOf(row.status, body),
      });
    case 'failed':
    case 'unknown':
      throw new Problem({
        status: 502,
        code: row.error?.code ?? (row.status === 'failed' ? 'tool_failed' : 'outcome_unknown'),
        title: row.status === 'failed' ? 'The action failed' : 'Outcome unknown',
        detail:
          row.status === 'failed'
            ? `${row.error?.message ?? 'The action failed.'} Nothing more will be tried; propose it anew if it is still wanted.`
            : `${row.error?.message ?? 'It is not known whether the action happened.'} It may have happened: do not repeat it before a person has found out.`,
        extra: toldOf(row.status, body),
      });
    case 'pending':
    case 'approved':
    case 'running':
      return { status: 202, body };
    default:
      return { status: 200, body };
  }
}

/** Problem details have a status of their own. */
function toldOf(
  action_status: NonNullable<ActionProblem['action_status']>,
  { status: _status, ...rest }: ActionAnswer,
): Record<string, unknown> {
  return { action_status, ...rest } satisfies Partial<ActionProblem>;
}
