import type { Move } from './script';

/** The calls that the scripts make, each with the words that go with it. */

export function readCustomer(customerId: string, why: string): Move {
  return {
    say: 'Let me look at the customer first.',
    tool: 'customers_read',
    parameters: { customer_id: customerId },
    summary: `Read the profile of customer ${customerId}`,
    why,
  };
}

export function readInbox(customerId: string): Move {
  return {
    say: 'I will read what they wrote.',
    tool: 'inbox_read',
    parameters: { customer_id: customerId },
    summary: `Read the messages of customer ${customerId}`,
    why: 'The ticket refers to a message of the customer',
  };
}

export function listOrders(customerId: string, why: string): Move {
  return {
    say: 'Now their orders.',
    tool: 'orders_list',
    parameters: { customer_id: customerId },
    summary: `List the orders of customer ${customerId}`,
    why,
  };
}

export function readOrder(customerId: string, orderId: string, why: string): Move {
  return {
    say: `I need the details of order ${orderId}.`,
    tool: 'orders_read',
    parameters: { order_id: orderId, customer_id: customerId },
    summary: `Read order ${orderId}`,
    why,
  };
}

export function createRefund(
  target: { customerId: string; orderId: string; amount: number; currency: string },
  reason: string,
  why: string,
): Move {
  const { customerId, orderId, amount, currency } = target;
  return {
    say: `A refund of ${amount.toFixed(2)} ${currency} is due.`,
    tool: 'refunds_create',
    parameters: { order_id: orderId, customer_id: customerId, amount, currency, reason },
    summary: `Refund ${amount.toFixed(2)} ${currency} on order ${orderId}`,
    why,
  };
}

export function changeAddress(
  customerId: string,
  address: { street: string; city: string; postcode: string; country: string },
): Move {
  return {
    say: 'I will put in the new address.',
    tool: 'customers_change_address',
    parameters: { customer_id: customerId, ...address },
    summary: `Change the address of customer ${customerId} to ${address.street}, ${address.city}`,
    why: 'The customer wrote that they have moved and confirmed the new address',
  };
}

export function deleteCustomer(customerId: string, why: string): Move {
  return {
    say: 'The record has to be erased.',
    tool: 'customers_delete',
    parameters: { customer_id: customerId },
    summary: `Delete customer ${customerId} and their personal data`,
    why,
  };
}

export function sendMail(customerId: string, to: string, subject: string, body: string): Move {
  return {
    say: 'I will answer by mail.',
    tool: 'mail_send',
    parameters: { customer_id: customerId, to, subject, body },
    summary: `Send "${subject}" to ${to}`,
    why: 'The customer asked for an answer in writing',
  };
}
