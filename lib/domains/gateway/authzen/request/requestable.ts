/** Whether a denial can be answered with a request: a person would have to decide, and of exactly what. */
import { whyNotActive } from '../../pipeline/authenticate';
import type { Agent, Snapshot } from '../../snapshot/snapshot';
import { AGENT, askAgent, type Sees } from '../agents';
import type { Decision, Evaluation } from '../schema';
import { requestProblem } from './problems';

/**
 * The agent of a requestable denial. Without the action's properties nobody could say what is
 * approved, and an agent that may do nothing now is given nothing for later.
 */
export function requestableBy(
  snapshot: Snapshot,
  asked: Evaluation,
  answer: Decision,
): Agent | undefined {
  if (asked.subject.type !== AGENT || answer.decision || answer.context?.held !== true) return;
  const agent = snapshot.agents.get(asked.subject.id);
  if (!agent || asked.action.properties === undefined || whyNotActive(agent)) return;
  return agent;
}

/** As `requestableBy`, of what policy says now. Throws not_requestable. */
export function askRequestable(
  snapshot: Snapshot,
  sees: Sees,
  asked: Evaluation,
  now: number,
): Agent {
  if (asked.subject.type === AGENT) {
    const answer = askAgent(snapshot, sees, asked, now);
    const agent = requestableBy(snapshot, asked, answer);
    if (agent) return agent;
    if (answer.decision) {
      throw requestProblem('not_requestable', 'It is allowed without an approval. Evaluate anew.');
    }
  }
  throw requestProblem(
    'not_requestable',
    'Nobody can approve this: policy denies it, or does not leave it to a person.',
  );
}
