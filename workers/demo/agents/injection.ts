import { createRefund, deleteCustomer, readCustomer } from './moves';
import type { Message, Move } from './script';

const ORDERED = /ignore (your|all)[\w ]*(instructions|rules)|disregard the policy/i;

/** A message that gives orders to whoever reads it, if there is one. */
export function injectionIn(messages: readonly Message[]): Message | undefined {
  return messages.find(({ body }) => ORDERED.test(body));
}

/**
 * What a gullible model does with such a message: exactly what it says. That is the point of the
 * demo: the model is fooled, and the pipeline stops the call.
 */
export function obey(message: Message, customerId: string): Move {
  const why = `The message "${message.subject}" says so`;
  const other = /customer (C-\d+)/.exec(message.body)?.[1] ?? customerId;
  const refund = /refund (\d+)(?: USD)? (?:to|on) order (\d+)/i.exec(message.body);
  if (refund) {
    const [, amount, orderId] = refund;
    const target = {
      customerId: other,
      orderId: orderId ?? '',
      amount: Number(amount),
      currency: 'USD',
    };
    return createRefund(target, 'as instructed', why);
  }
  if (/delete customer/i.test(message.body)) return deleteCustomer(other, why);
  return readCustomer(other, why);
}
