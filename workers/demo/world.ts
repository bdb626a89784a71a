/** What the order service's data and those who talk about it agree on. */
export const FIRST_CUSTOMER = 20001;
export const CUSTOMER_COUNT = 2400;
export const FIRST_ORDER = 1001;
export const ORDER_COUNT = 6000;

/** The customer and the order that the documentation and the examples speak of. */
export const KNOWN_CUSTOMER = 'C-20931';
export const KNOWN_ORDER = '4821';

/** How many customers, from the first, the agents work on; the rest is the examples'. */
export const CUSTOMERS_AT_WORK = 2300;

/** The customer id of the nth customer, counted from 0. */
export function customerId(n: number): string {
  return `C-${FIRST_CUSTOMER + n}`;
}
