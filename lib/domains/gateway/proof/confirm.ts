/** What the pipeline itself answers to a request under both snapshots: the last word on each counterexample. */
import type { ProofExample } from '@/lib/domains/access/server';
import type { Facts } from '../cedar/context';
import { inspect } from '../pipeline/inspect';
import { type Answer, Replayer } from '../replay/compare';
import type { ActionType, Snapshot } from '../snapshot/snapshot';
import type { AgentKind, TypePair } from './kinds';

export type Statement = 'allowed' | 'runs';

export interface Answers {
  before: Answer;
  after: Answer;
}

/** Whether two answers refute a statement. */
export const refutes: Record<Statement, (answers: Answers) => boolean> = {
  allowed: ({ before, after }) => before.decision === 'deny' && after.decision !== 'deny',
  runs: ({ before, after }) => before.decision === 'hold' && after.decision === 'allow',
};

export class Evaluator {
  readonly #before: Replayer;
  readonly #after: Replayer;

  constructor(before: Snapshot, after: Snapshot) {
    this.#before = new Replayer(before);
    this.#after = new Replayer(after);
  }

  answers(agent: string, type: string, facts: Facts): Answers {
    const asked = {
      id: '',
      agent_id: agent,
      type,
      parameters: facts.parameters,
      summary: '',
      on_behalf_of: facts.user,
      address: facts.address,
      amount: null,
      created_at: new Date(facts.now),
      session_id: '',
      attributes: facts.session,
    };
    return { before: this.#before.answer(asked), after: this.#after.answer(asked) };
  }

  /** The request as a counterexample, without what it can do without; undefined when it is none. */
  confirm(
    statement: Statement,
    { before: agent, agents }: AgentKind,
    { before: type }: TypePair,
    facts: Facts,
    timed: boolean,
  ): ProofExample | undefined {
    const answers = (of: Facts) => this.answers(agent.id, type.key, of);
    if (!refutes[statement](answers(facts))) return undefined;
    let least = facts;
    for (const smaller of without(facts)) {
      const next = smaller(least);
      if (refutes[statement](answers(next))) least = next;
    }
    const { parameters, session, user, address, now } = least;
    return {
      agent: agent.name,
      others: agents - 1,
      parameters,
      session,
      user,
      address,
      at: timed ? new Date(now).toISOString() : null,
      ...answers(least),
    };
  }
}

/** Whether a request could be made at all, whatever the policies say of it. */
export function acceptable(type: ActionType, { parameters, session }: Facts): boolean {
  if (type.validate(parameters).length > 0) return false;
  const asked = { attributes: session } as Parameters<typeof inspect>[2];
  return (
    inspect({ ...type, policies: { ...type.policies, inputs: none } }, parameters, asked).length ===
    0
  );
}

const none = { types: new Map(), zones: [], address: false };

/** Ways to leave one thing out. */
function without({ parameters, session }: Facts): ((facts: Facts) => Facts)[] {
  const left = (of: Facts['session'], name: string) =>
    Object.fromEntries(Object.entries(of).filter(([other]) => other !== name));
  return [
    ...Object.keys(session).map((name) => (facts: Facts) => ({
      ...facts,
      session: left(facts.session, name),
    })),
    ...Object.keys(parameters).map((name) => (facts: Facts) => ({
      ...facts,
      parameters: left(facts.parameters, name),
    })),
    (facts) => ({ ...facts, user: null }),
    (facts) => ({ ...facts, address: null }),
  ];
}
