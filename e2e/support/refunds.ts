import { randomInt } from 'node:crypto';
import { type Agent, type Answer, connectAgent } from './agent';
import { agentOf, type Demo, exampleOf } from './demo';

/** A letter-only word that nothing else in the trail has. */
export function uniqueWord(): string {
  return `journey${Array.from({ length: 10 }, () => String.fromCharCode(97 + randomInt(26))).join('')}`;
}

export type Refunds = {
  agent: Agent;
  propose: (amount: number, words?: { summary: string; why: string }) => Promise<Answer>;
};

/** The refund handler at work for the documentation's customer, in a session of its own. */
export async function refundHandler(demo: Demo): Promise<Refunds> {
  const agent = await connectAgent(demo, agentOf(demo, 'refund-handler'));
  const { request, session } = exampleOf(demo, 'tier3', 'refunds.create');
  const id = await agent.openSession(session);
  return {
    agent,
    propose: (amount, words = { summary: request.action, why: 'A journey asks for it' }) =>
      agent.propose({
        ...request,
        ...words,
        parameters: { ...request.parameters, amount },
        session: id,
      }),
  };
}

export type Held = {
  id: string;
  sentence: string;
  summary: string;
  why: string;
  word: string;
  agent: Agent;
};

/** A refund that waits for a person, told apart from all others by its amount and a word. */
export async function holdRefund(demo: Demo): Promise<Held> {
  const { agent, propose } = await refundHandler(demo);
  // Divided, and not added to, so that it is the nearest number to two decimals.
  const amount = (50_100 + randomInt(24_800)) / 100;
  const word = uniqueWord();
  const summary = `Refund of $${amount} for order #4821, ${word}`;
  const why = `The machine arrived defective, says the customer (${word})`;
  const { status, body } = await propose(amount, { summary, why });
  if (status !== 202 || typeof body.id !== 'string')
    throw new Error(`not held: ${status} ${JSON.stringify(body)}`);
  const sentence = `Refund $${amount.toFixed(2)} on order 4821 of customer C-20931`;
  return { id: body.id, sentence, summary, why, word, agent };
}
