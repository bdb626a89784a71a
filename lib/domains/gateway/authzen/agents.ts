/** Decisions about agents: what the pipeline's own stages would say, with nothing counted and nothing run. */
import { plainAddress } from '@/lib/kernel/address';
import { Problem } from '@/lib/kernel/problem';
import { authorize } from '../pipeline/authorize';
import { classify } from '../pipeline/classify';
import { inspect } from '../pipeline/inspect';
import { resolve } from '../pipeline/resolve';
import type { Reason } from '../schema';
import type { ActionType, Agent, Snapshot } from '../snapshot/snapshot';
import { failure, no } from './declared';
import type { Decision, Evaluation } from './schema';

/** Types of AuthZEN that are Countersign's own. */
export const AGENT = 'agent';
export const ownResources: ReadonlySet<string> = new Set(['tool', 'action_type']);

/** Whether this caller may ask about an agent: an agent about itself, a member about all. */
export type Sees = (agent: string) => boolean;

/**
 * Whether an agent may do this now, by itself: false as well where a person would have to
 * decide. Without the action's properties its parameters are taken as unknown, so that what
 * depends on them does not hold.
 */
export function askAgent(snapshot: Snapshot, sees: Sees, asked: Evaluation, now: number): Decision {
  const { subject, action, resource, context = {} } = asked;
  const agent = sees(subject.id) ? snapshot.agents.get(subject.id) : undefined;
  if (!agent) return no('the subject is not known');
  const type = snapshot.actionTypes.get(action.name);
  if (!type) return no('the action is not known');
  if (!isOf(type, resource)) return no('the action is none of this resource');
  const parameters = action.properties ?? {};
  if (action.properties) {
    const wrong = misfit(snapshot, type, parameters);
    if (wrong !== undefined) return failure(422, wrong);
  }
  const facts = factsOf(context);
  const session = { attributes: facts.session } as Parameters<typeof inspect>[2];
  // Rules hold of what is unknown as of what is wrong; the form of a path is asked of what is given.
  const looked = action.properties ? type : { ...type, pathParameters: [] };
  const forbidden = inspect(looked, parameters, session);
  if (forbidden.length > 0) return denied(forbidden);
  const authorized = authorize(agent, type, { parameters, ...facts, now });
  if ('reasons' in authorized) return denied(authorized.reasons);
  const [lowest] = authorized.grants.toSorted((a, b) => a.tier - b.tier);
  if (!lowest) return no('nothing permits it');
  const { tier, reasons } = classify(snapshot, agent, type, lowest);
  if (tier < 3) return { decision: true, context: { tier } };
  const reason = 'a person has to decide: propose the action, and it is held';
  return { decision: false, context: { reason, held: true, tier, reasons } };
}

/** Members of a context that a decision about an agent depends on. */
export const RELEVANT = ['address', 'session', 'user'] as const;

/** What the pipeline takes from a context. */
export function factsOf(context: Record<string, unknown>) {
  const { address, session, user } = context;
  return {
    session: isRecord(session) ? session : {},
    user: typeof user === 'string' ? user : null,
    address: typeof address === 'string' ? plainAddress(address) : null,
  };
}

/** Whether a resource is the tool, or the action type itself, by id or name. */
export function isOf(type: ActionType, { type: kind, id }: { type: string; id: string }): boolean {
  if (kind === 'tool') return type.tool.id === id || type.tool.name === id;
  return kind === 'action_type' && (type.key === id || type.id === id);
}

export function agentsSeen(snapshot: Snapshot, sees: Sees): Agent[] {
  return [...snapshot.agents.values()].filter(({ id }) => sees(id));
}

function denied(reasons: readonly Reason[]): Decision {
  const [first] = reasons;
  return {
    decision: false,
    context: { reason: first?.message ?? 'it is denied', reasons: [...reasons] },
  };
}

function misfit(
  snapshot: Snapshot,
  type: ActionType,
  parameters: Record<string, unknown>,
): string | undefined {
  const request = { action: type.key, parameters } as Parameters<typeof resolve>[1];
  try {
    resolve(snapshot, request);
    return undefined;
  } catch (error) {
    if (error instanceof Problem) return error.message;
    throw error;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
