import type { ActionRow } from './action';
import type { AskedBy, Display } from './schema';
import type { Session } from './sessions';
import type { Need } from './signed/schema';
import type { Ladder } from './snapshot/rows';
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
    sentence: fillIn(type.sentence, row.parameters) || row.summary,
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

/** The action type's sentence with the parameters' values; a missing one shows as an ellipsis. */
export function fillIn(sentence: string, parameters: Record<string, unknown>): string {
  return sentence.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    if (value === undefined || value === null) return '…';
    return typeof value === 'object' ? JSON.stringify(value) : String(value);
  });
}
