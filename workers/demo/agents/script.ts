import type { Random } from '../random';

/** What a run is about. */
export interface Task {
  /** The customer that the session is bound to. */
  customerId: string;
  /** False while the agent has enough held actions waiting: it then does other work. */
  mayAskForApproval: boolean;
}

/** A tool call that the model proposes, with what it says while doing so. */
export interface Move {
  say: string;
  tool: string;
  parameters: Record<string, unknown>;
  summary: string;
  why: string;
}

/** What the model reads back: the gateway's answer to the call. */
export interface Observation {
  outcome: 'succeeded' | 'pending' | 'denied' | 'failed';
  result?: unknown;
  reasons?: string[];
}

/**
 * One way a run can go, read from top to bottom: it yields tool calls, gets what they returned,
 * and ends with the model's last words. It must depend on nothing but its arguments and what it
 * is given back, because the model replays it from the start at every turn.
 */
export type Script = (task: Task, rng: Random) => Generator<Move, string, Observation>;

export interface Order {
  id: string;
  customer_id: string | null;
  product: string;
  amount: number;
  currency: string;
  status: string;
  refunded: number;
}

export interface Message {
  subject: string;
  body: string;
}

/** The orders in the answer of orders.list. */
export function ordersIn(observation: Observation): Order[] {
  return itemsIn(observation).filter(isOrder);
}

/** The messages in the answer of inbox.read, newest first. */
export function messagesIn(observation: Observation): Message[] {
  return itemsIn(observation).filter(isMessage);
}

/** The order in the answer of orders.read. */
export function orderIn(observation: Observation): Order | undefined {
  return isOrder(observation.result) ? observation.result : undefined;
}

/** A text field of the answer, or a stand-in. */
export function textIn(observation: Observation, field: string, otherwise = ''): string {
  const value = isRecord(observation.result) ? observation.result[field] : undefined;
  return typeof value === 'string' ? value : otherwise;
}

function itemsIn({ result }: Observation): unknown[] {
  return isRecord(result) && Array.isArray(result['items']) ? result['items'] : [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isOrder(value: unknown): value is Order {
  return isRecord(value) && typeof value['id'] === 'string' && typeof value['amount'] === 'number';
}

function isMessage(value: unknown): value is Message {
  return (
    isRecord(value) && typeof value['subject'] === 'string' && typeof value['body'] === 'string'
  );
}
