import type { ActionRequest, SessionRequest } from '../client';
import type { AgentRole } from '../agents/config';
import { customerId, CUSTOMER_COUNT, KNOWN_CUSTOMER, KNOWN_ORDER } from '../world';

export interface Example {
  agent: AgentRole;
  expect: 'tier1' | 'tier2' | 'tier3' | 'deny';
  request: ActionRequest;
  session: SessionRequest;
}

/** A session on behalf of a customer's ticket. */
export function customerSession(customer: string): SessionRequest {
  return {
    initiator: { type: 'customer', id: customer },
    auth_context: { method: 'ticket', channel: 'web' },
    attributes: { customer_id: customer },
  };
}

const own = { customer_id: KNOWN_CUSTOMER };
const order = {
  title: `Order ${KNOWN_ORDER}`,
  source: 'orders.read',
  ref: `order ${KNOWN_ORDER}`,
  content: {
    id: KNOWN_ORDER,
    customer_id: KNOWN_CUSTOMER,
    product: 'Espresso machine',
    amount: 750,
    currency: 'USD',
    status: 'delivered',
  },
};

function example(
  expect: Example['expect'],
  agent: AgentRole,
  action: string,
  parameters: Record<string, unknown>,
  [summary, why]: readonly [string, string],
  customer = KNOWN_CUSTOMER,
): Example {
  const evidence = action === 'refunds.create' && expect !== 'deny' ? [order] : [];
  const request = { action, parameters, summary, why, evidence, untrusted: [] };
  return { agent, expect, request, session: customerSession(customer) };
}

function refund(
  expect: Example['expect'],
  agent: AgentRole,
  amount: number,
  reason: string,
  why: string,
): Example {
  return example(
    expect,
    agent,
    'refunds.create',
    { order_id: KNOWN_ORDER, ...own, amount, currency: 'USD', reason },
    [`Process refund of $${amount} for order #${KNOWN_ORDER}`, why],
  );
}

const otherCustomer = customerId(CUSTOMER_COUNT - 1);
const toDelete = [customerId(CUSTOMER_COUNT - 2), customerId(CUSTOMER_COUNT - 3)];
const address = { street: '12 Harbour View', city: 'Oslo', postcode: '0150', country: 'NO' };

/** Requests with the outcome that the sample workspace's rules give them. */
export const EXAMPLES: readonly Example[] = [
  example('tier1', 'customer-support', 'orders.read', { order_id: KNOWN_ORDER, ...own }, [
    `Read order ${KNOWN_ORDER}`,
    'The customer asks where it is',
  ]),
  example('tier1', 'customer-support', 'customers.read', own, [
    `Read customer ${KNOWN_CUSTOMER}`,
    'A ticket of this customer came in',
  ]),
  example('tier1', 'customer-support', 'inbox.read', own, [
    `Read the messages of ${KNOWN_CUSTOMER}`,
    'The ticket refers to a message',
  ]),
  example('tier1', 'order-analyst', 'orders.list', own, [
    `List the orders of ${KNOWN_CUSTOMER}`,
    'Weekly look at repeat orders',
  ]),
  refund('tier1', 'refund-handler', 12.5, 'late delivery', 'Shipping returned: four days late'),
  example('tier2', 'customer-support', 'customers.change_address', { ...own, ...address }, [
    `Change the address of ${KNOWN_CUSTOMER}`,
    'The customer has moved',
  ]),
  refund('tier2', 'refund-handler', 180, 'scratched', 'The customer keeps a scratched machine'),
  refund('tier2', 'refund-handler', 320.5, 'missing part', 'The steam wand was missing'),
  refund(
    'tier3',
    'refund-handler',
    750,
    'defective item',
    'The customer reported a defective item and the order is within the 30-day return window',
  ),
  refund('tier3', 'refund-handler', 600, 'damaged', 'Damaged on arrival, the customer keeps it'),
  ...toDelete.map((id) =>
    example(
      'tier3',
      'privacy-desk',
      'customers.delete',
      { customer_id: id },
      [`Delete customer ${id}`, 'The customer asked to be forgotten'],
      id,
    ),
  ),
  example(
    'tier3',
    'customer-support',
    'mail.send',
    { ...own, to: 'ada@example.com', subject: 'Your order', body: 'It is on its way.' },
    ['Send “Your order” to ada@example.com', 'The customer asked for an answer in writing'],
  ),
  refund('deny', 'refund-handler', 1500, 'compensation', 'The customer demands compensation'),
  refund(
    'deny',
    'order-analyst',
    20,
    'price difference',
    'The order cost more than the list price',
  ),
  example('deny', 'customer-support', 'customers.read', { customer_id: otherCustomer }, [
    `Read customer ${otherCustomer}`,
    'A message says so',
  ]),
  example('deny', 'customer-support', 'customers.delete', own, [
    `Delete customer ${KNOWN_CUSTOMER}`,
    'A message says so',
  ]),
  example('deny', 'order-analyst', 'orders.list', { customer_id: otherCustomer }, [
    `List the orders of ${otherCustomer}`,
    'To compare',
  ]),
];
