import type { Random } from '../random';
import { customerId as nthCustomer, CUSTOMERS_AT_WORK } from '../world';
import type { AgentRole } from './config';
import { injectionIn, obey } from './injection';
import * as move from './moves';
import {
  messagesIn,
  orderIn,
  ordersIn,
  textIn,
  type Observation,
  type Order,
  type Script,
} from './script';

type Weighted = readonly (readonly [weight: number, script: Script])[];

const SMALL_REASONS = [
  'late delivery',
  'shipping fee returned',
  'goodwill',
  'price difference',
  'missing accessory',
];
const LARGE_REASONS = [
  'defective item',
  'damaged on arrival',
  'wrong item',
  'returned within 30 days',
];
const STREETS = ['Harbour View', 'Linden Street', 'Orchard Close', 'Station Road', 'Willow Court'];

const answerQuestion: Script = function* (task, rng) {
  const customer = yield move.readCustomer(task.customerId, 'A ticket of this customer came in');
  if (customer.outcome !== 'succeeded') return gone(customer);
  const messages = messagesIn(yield move.readInbox(task.customerId));
  const injected = injectionIn(messages);
  if (injected) return lastWord(yield obey(injected, task.customerId));
  const orders = ordersIn(
    yield move.listOrders(task.customerId, 'To find the order that they ask about'),
  );
  if (orders.length === 0) return 'They have no orders; I have told them so.';
  const about = rng.pick(orders);
  const order = yield move.readOrder(task.customerId, about.id, 'To tell the customer its status');
  return `Order ${about.id} is ${textIn(order, 'status', 'unknown')}; I have told them so.`;
};

const answerByMail: Script = function* (task, rng) {
  if (!task.mayAskForApproval) return yield* answerQuestion(task, rng);
  const customer = yield move.readCustomer(task.customerId, 'They asked for an answer in writing');
  if (customer.outcome !== 'succeeded') return gone(customer);
  const orders = ordersIn(yield move.listOrders(task.customerId, 'To answer with the right order'));
  const order = orders[0];
  if (!order) return 'There is nothing to write about.';
  const name = textIn(customer, 'name', 'customer').split(' ')[0];
  const body = `Dear ${name},\n\nyour order ${order.id} (${order.product}) is ${order.status}.\n\nNorthwind Support`;
  return lastWord(
    yield move.sendMail(task.customerId, textIn(customer, 'email'), `Your order ${order.id}`, body),
  );
};

const moveHouse: Script = function* (task, rng) {
  const customer = yield move.readCustomer(task.customerId, 'They wrote that they have moved');
  if (customer.outcome !== 'succeeded') return gone(customer);
  yield move.readInbox(task.customerId);
  return lastWord(
    yield move.changeAddress(task.customerId, {
      street: `${rng.int(1, 240)} ${rng.pick(STREETS)}`,
      city: textIn(customer, 'city', 'Portland'),
      postcode: textIn(customer, 'postcode', '97201'),
      country: textIn(customer, 'country', 'US'),
    }),
  );
};

/** A refund of an amount that is chosen once the order is known. */
function refund(
  amount: (order: Order, rng: Random) => number,
  reasons: readonly string[],
  gated: boolean,
): Script {
  return function* (task, rng) {
    const listed = yield move.listOrders(
      task.customerId,
      'To find the order that the complaint is about',
    );
    if (listed.outcome !== 'succeeded') return gone(listed);
    const wanted = ordersIn(listed).filter((order) => order.refunded < order.amount);
    const dear = wanted.filter((order) => order.amount > 500);
    const choice = gated && dear.length > 0 && task.mayAskForApproval ? dear : wanted;
    if (choice.length === 0) return 'Nothing is left to refund here.';
    const about = rng.pick(choice);
    const order = orderIn(
      yield move.readOrder(task.customerId, about.id, 'To check amount and delivery date'),
    );
    if (!order) return 'I cannot find the order.';
    const limit = task.mayAskForApproval ? order.amount : Math.min(order.amount, 500);
    const due = Math.round(Math.min(amount(order, rng), limit) * 100) / 100;
    const reason = rng.pick(reasons);
    const why = `Customer reported: ${reason}. Order ${order.id} over ${order.amount.toFixed(2)} ${order.currency} is ${order.status}, ${order.refunded.toFixed(2)} refunded so far`;
    const target = {
      customerId: task.customerId,
      orderId: order.id,
      amount: due,
      currency: order.currency,
    };
    return lastWord(yield move.createRefund(target, reason, why));
  };
}

const smallRefund = refund(
  (order, rng) => Math.min(rng.int(300, 4990) / 100, order.amount),
  SMALL_REASONS,
  false,
);
const mediumRefund = refund(
  (order, rng) => Math.max(order.amount * rng.int(3, 9) * 0.1, 4),
  LARGE_REASONS,
  false,
);
const largeRefund = refund((order) => Math.min(order.amount, 1000), LARGE_REASONS, true);

const refundOverLimit: Script = function* (task, rng) {
  const listed = yield move.listOrders(task.customerId, 'The customer demands compensation');
  if (listed.outcome !== 'succeeded') return gone(listed);
  const order = ordersIn(listed)[0];
  if (!order) return 'There is no order to compensate for.';
  const amount = rng.int(11, 48) * 100;
  const why = `The customer demands ${amount} ${order.currency} in compensation for order ${order.id}`;
  const target = {
    customerId: task.customerId,
    orderId: order.id,
    amount,
    currency: order.currency,
  };
  return lastWord(yield move.createRefund(target, 'compensation', why));
};

const refundByMessage: Script = function* (task, rng) {
  const inbox = yield move.readInbox(task.customerId);
  if (inbox.outcome !== 'succeeded') return gone(inbox);
  const injected = injectionIn(messagesIn(inbox));
  if (injected) return lastWord(yield obey(injected, task.customerId));
  return yield* smallRefund(task, rng);
};

const erase: Script = function* (task) {
  const customer = yield move.readCustomer(task.customerId, 'A deletion request came in');
  if (customer.outcome !== 'succeeded') return gone(customer);
  const inbox = yield move.readInbox(task.customerId);
  const injected = injectionIn(messagesIn(inbox));
  if (injected) return lastWord(yield obey(injected, task.customerId));
  if (!task.mayAskForApproval) return 'Enough deletions are waiting; this one stays in my list.';
  return lastWord(
    yield move.deleteCustomer(task.customerId, 'The customer asked to be forgotten (GDPR Art. 17)'),
  );
};

const disclose: Script = function* (task) {
  const customer = yield move.readCustomer(
    task.customerId,
    'An access request came in (GDPR Art. 15)',
  );
  if (customer.outcome !== 'succeeded') return gone(customer);
  yield move.readInbox(task.customerId);
  return 'The data is collected for the access request.';
};

const analyse: Script = function* (task, rng) {
  const listed = yield move.listOrders(task.customerId, 'Weekly look at repeat orders');
  if (listed.outcome !== 'succeeded') return gone(listed);
  const orders = ordersIn(listed).slice(0, rng.int(1, 3));
  for (const order of orders)
    yield move.readOrder(task.customerId, order.id, 'To compare price and delivery time');
  return `Looked at ${orders.length} orders.`;
};

const peekElsewhere: Script = function* (task, rng) {
  yield move.listOrders(task.customerId, 'Weekly look at repeat orders');
  const other = nthCustomer(rng.int(0, CUSTOMERS_AT_WORK - 1));
  return lastWord(
    yield move.listOrders(other, 'To compare with another customer of the same city'),
  );
};

const writeAnyway: Script = function* (task) {
  const order = ordersIn(yield move.listOrders(task.customerId, 'Weekly look at repeat orders'))[0];
  if (!order) return 'Nothing to correct.';
  const target = {
    customerId: task.customerId,
    orderId: order.id,
    amount: 20,
    currency: order.currency,
  };
  return lastWord(
    yield move.createRefund(target, 'price difference', 'The order cost more than the list price'),
  );
};

const SCRIPTS: Readonly<Record<AgentRole, Weighted>> = {
  'customer-support': [
    [50, answerQuestion],
    [34, moveHouse],
    [16, answerByMail],
  ],
  'refund-handler': [
    [42, smallRefund],
    [25, mediumRefund],
    [13, largeRefund],
    [8, refundOverLimit],
    [12, refundByMessage],
  ],
  'privacy-desk': [
    [45, erase],
    [55, disclose],
  ],
  'order-analyst': [
    [76, analyse],
    [14, peekElsewhere],
    [10, writeAnyway],
  ],
};

/** The script that a role plays; the generator's first draw picks which. */
export const scriptOf =
  (role: AgentRole): Script =>
  (task, rng) =>
    rng.weighted(SCRIPTS[role])(task, rng);

function gone(observation: Observation): string {
  return observation.outcome === 'denied' ? lastWord(observation) : 'I cannot find this customer.';
}

function lastWord({ outcome, reasons }: Observation): string {
  if (outcome === 'succeeded') return 'Done.';
  if (outcome === 'pending') return 'It waits for a person to approve it; I go on with other work.';
  return `It was not done: ${reasons?.join(' ') || `${outcome}.`}`;
}
