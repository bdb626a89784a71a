import { fillIn, type Properties } from '@/lib/kernel/sentence';
import type { ActionRow } from './action';
import { requestOf } from './digest';
import type { AskedBy, Display } from './schema';
import type { Session } from './sessions';
import type { Need } from './signed/schema';
import type { ActionTypeRow, Ladder } from './snapshot/rows';
import type { ActionType, Agent } from './snapshot/snapshot';

export interface HeldParts {
  /** Who asked, where it is not for Countersign to run. */
  asked?: AskedBy | undefined;
  type: ActionType;
  agent: Agent;
  session: Session;
  ladder: Ladder | null;
  amount: Display['amount'];
  needs: Need[];
}

/** What the approver is shown; frozen with the action, and bound by its digest. */
export function displayOf(
  row: ActionRow,
  { type, agent, session, ladder, amount, needs, asked }: HeldParts,
): Display {
  return {
    sentence: sentenceOf(type, row.parameters) || row.summary,
    summary: row.summary,
    why: row.why,
    evidence: row.evidence as Display['evidence'],
    untrusted: row.untrusted as string[],
    parameters: row.parameters,
    action_type: {
      key: type.key,
      title: type.title,
      tool: type.tool.name,
      effects: type.effects,
      reversibility: type.reversibility,
      classification: type.classification,
    },
    ...(asked ? {} : { request: requestOf(type) }),
    agent: { id: agent.id, name: agent.name, sponsor_id: agent.sponsor_id },
    on_behalf_of: row.on_behalf_of,
    ...(asked ? { asked_by: asked } : {}),
    session: { id: session.id, initiator: session.initiator, attributes: session.attributes },
    tier: row.tier ?? 3,
    reasons: row.reasons,
    permissions: row.permissions,
    ladder,
    amount,
    policy_version: row.policy_version,
    digest: row.digest,
    needs,
  };
}

/** The action type's sentence with these parameters in it; empty without one. */
export function sentenceOf(
  type: Pick<ActionTypeRow, 'sentence' | 'parameters'>,
  parameters: Record<string, unknown>,
): string {
  return fillIn(type.sentence, parameters, (type.parameters['properties'] ?? {}) as Properties);
}
