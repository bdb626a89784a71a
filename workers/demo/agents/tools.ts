import { tool, type StructuredTool } from '@langchain/core/tools';
import { z } from 'zod';
import { isObject, type Evidence, type GatewayAnswer, type GatewayClient } from '../client';
import type { Observation } from './script';

const words = { summary: z.string(), why: z.string() };
const customer = z.string().describe('Customer id, such as C-20931');
const order = z.string().describe('Order number, such as 4821');

/** What each tool takes; its name is the action type with an underscore for each dot. */
const TOOLS: readonly { action: string; about: string; parameters: z.ZodRawShape }[] = [
  {
    action: 'customers.read',
    about: 'A customer and their address',
    parameters: { customer_id: customer },
  },
  { action: 'inbox.read', about: 'What a customer wrote', parameters: { customer_id: customer } },
  { action: 'orders.list', about: "A customer's orders", parameters: { customer_id: customer } },
  {
    action: 'orders.read',
    about: 'One order',
    parameters: { order_id: order, customer_id: customer },
  },
  {
    action: 'refunds.create',
    about: 'Pays money back on an order',
    parameters: {
      order_id: order,
      customer_id: customer,
      amount: z.number(),
      currency: z.string(),
      reason: z.string(),
    },
  },
  {
    action: 'customers.change_address',
    about: "Changes a customer's address",
    parameters: {
      customer_id: customer,
      street: z.string(),
      city: z.string(),
      postcode: z.string(),
      country: z.string(),
    },
  },
  { action: 'customers.delete', about: 'Erases a customer', parameters: { customer_id: customer } },
  {
    action: 'mail.send',
    about: 'Sends a letter to a customer',
    parameters: { customer_id: customer, to: z.string(), subject: z.string(), body: z.string() },
  },
];

/** The gateway cannot serve the agent now; the run ends, and the agent waits before the next. */
export class BackOff extends Error {
  override name = 'BackOff';
  readonly seconds: number | undefined;

  constructor(answer: GatewayAnswer) {
    super(`the gateway answered ${answer.status}`);
    this.seconds = answer.retryAfter;
  }
}

export interface ToolContext {
  client: GatewayClient;
  session: string;
  /** Called with the id of each action that a person has to decide. */
  held: (action: string) => void;
}

/** The tools of one run. None touches a system itself: each proposes an action to the gateway. */
export function gatewayTools({ client, session, held }: ToolContext): StructuredTool[] {
  const evidence: Evidence[] = [];
  const untrusted: string[] = [];
  let calls = 0;
  return TOOLS.map(({ action, about, parameters }) =>
    tool(
      async (input: unknown) => {
        const { summary, why, ...rest } = z.looseObject(words).parse(input);
        const answer = await client.action(
          session,
          {
            action,
            parameters: rest,
            summary,
            why,
            evidence: evidence.slice(-5),
            untrusted: untrusted.slice(-5),
          },
          `${session}-${++calls}`,
        );
        const observation = observe(answer);
        const id = answer.body['id'];
        if (observation.outcome === 'pending' && typeof id === 'string') held(id);
        if (
          observation.outcome === 'succeeded' &&
          typeof id === 'string' &&
          /\.(read|list)$/.test(action)
        ) {
          evidence.push({ title: summary, source: action, ref: id, content: observation.result });
          if (action === 'inbox.read') untrusted.push(...bodiesIn(observation.result));
        }
        return JSON.stringify(observation);
      },
      {
        name: action.replaceAll('.', '_'),
        description: about,
        schema: z.object({ ...parameters, ...words }),
      },
    ),
  );
}

/** The gateway's answer as the model reads it. Throws BackOff where trying on makes no sense. */
export function observe(answer: GatewayAnswer): Observation {
  const { status, body } = answer;
  if (status === 401 || status === 429 || status === 503) throw new BackOff(answer);
  if (status === 202) return { outcome: 'pending' };
  if (status === 200 && body['status'] === 'succeeded')
    return { outcome: 'succeeded', result: body['result'] };
  if (status === 403) return { outcome: 'denied', reasons: reasonsIn(body) };
  return {
    outcome: 'failed',
    reasons: [String(body['detail'] ?? body['title'] ?? body['status'] ?? status)],
  };
}

function reasonsIn(body: Record<string, unknown>): string[] {
  const reasons = Array.isArray(body['reasons']) ? body['reasons'] : [];
  const sentences = reasons
    .filter(isObject)
    .map((reason) => String(reason['message'] ?? reason['code']));
  return sentences.length > 0 ? sentences : [String(body['detail'] ?? 'denied')];
}

function bodiesIn(result: unknown): string[] {
  const items = isObject(result) && Array.isArray(result['items']) ? result['items'] : [];
  return items
    .filter(isObject)
    .flatMap(({ body }) => (typeof body === 'string' ? [body.slice(0, 2000)] : []));
}
