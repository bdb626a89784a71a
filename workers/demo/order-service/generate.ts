import { random, type Random } from '../random';
import {
  customerId,
  CUSTOMER_COUNT,
  FIRST_ORDER,
  KNOWN_CUSTOMER,
  KNOWN_ORDER,
  ORDER_COUNT,
} from '../world';
import {
  FIRST_NAMES,
  INJECTIONS,
  LAST_NAMES,
  MESSAGES,
  PLACES,
  PRODUCTS,
  STREETS,
} from './vocabulary';

const DAY = 86_400_000;
const SEED = 4821;

export interface Customer {
  id: string;
  name: string;
  email: string;
  phone: string;
  street: string;
  city: string;
  postcode: string;
  country: string;
  plan: string;
  since: Date;
}

export interface Order {
  id: string;
  customer_id: string;
  product: string;
  sku: string;
  quantity: number;
  amount_cents: number;
  currency: string;
  status: string;
  placed_at: Date;
  delivered_at: Date | null;
}

export interface Message {
  id: string;
  customer_id: string;
  subject: string;
  body: string;
  received_at: Date;
}

/** The sample data: the same customers, orders and messages each time, with dates relative to now. */
export function generate(now: Date): {
  customers: Customer[];
  orders: Order[];
  messages: Message[];
} {
  const rng = random(SEED);
  const customers = Array.from({ length: CUSTOMER_COUNT }, (_, n) => customer(rng, n, now));
  const orders = Array.from({ length: ORDER_COUNT }, (_, n) => order(rng, n, now));
  const messages: Message[] = [];
  for (const about of orders) {
    if (about.id === KNOWN_ORDER || rng.chance(0.35))
      messages.push(message(rng, about, orders, now));
  }
  return { customers, orders, messages };
}

function customer(rng: Random, n: number, now: Date): Customer {
  const id = customerId(n);
  const known = id === KNOWN_CUSTOMER;
  const first = rng.pick(FIRST_NAMES);
  const last = rng.pick(LAST_NAMES);
  const name = known ? 'Ada Nwosu' : `${first} ${last}`;
  const [city, country, postcode] = rng.pick(PLACES);
  return {
    id,
    name,
    email: `${name.toLowerCase().replace(' ', '.')}.${id.slice(2)}@example.com`,
    phone: `+1 555 ${rng.int(100, 999)} ${rng.int(1000, 9999)}`,
    street: `${rng.int(1, 240)} ${rng.pick(STREETS)}`,
    city,
    postcode: postcode.replace(/#/g, () => String(rng.int(0, 9))),
    country,
    plan: rng.weighted([
      [7, 'standard'],
      [2, 'plus'],
      [1, 'business'],
    ]),
    since: new Date(now.getTime() - rng.int(90, 2200) * DAY),
  };
}

function order(rng: Random, n: number, now: Date): Order {
  const id = String(FIRST_ORDER + n);
  const known = id === KNOWN_ORDER;
  const [product, sku, cents] = rng.pick(PRODUCTS);
  const quantity =
    cents < 10_000
      ? rng.weighted([
          [6, 1],
          [3, 2],
          [1, 4],
        ])
      : 1;
  const age = rng.int(0, 240) * DAY + rng.int(0, DAY);
  const placed = new Date(now.getTime() - age);
  const owner = customerId(rng.int(0, CUSTOMER_COUNT - 1));
  const status = age > 5 * DAY ? 'delivered' : age > 2 * DAY ? 'shipped' : 'processing';
  const travel = rng.int(2 * DAY, 5 * DAY);
  if (known) {
    return {
      id,
      customer_id: KNOWN_CUSTOMER,
      product: 'Espresso machine',
      sku: 'ESP-D2',
      quantity: 1,
      amount_cents: 75_000,
      currency: 'USD',
      status: 'delivered',
      placed_at: new Date(now.getTime() - 9 * DAY),
      delivered_at: new Date(now.getTime() - 5 * DAY),
    };
  }
  return {
    id,
    customer_id: owner,
    product,
    sku,
    quantity,
    amount_cents: cents * quantity,
    currency: 'USD',
    status,
    placed_at: placed,
    delivered_at: status === 'delivered' ? new Date(placed.getTime() + travel) : null,
  };
}

function message(rng: Random, about: Order, orders: readonly Order[], now: Date): Message {
  const other = rng.pick(orders);
  const known = about.id === KNOWN_ORDER;
  const [subject, body] = rng.chance(0.2) && !known ? rng.pick(INJECTIONS) : rng.pick(MESSAGES);
  const fill = (text: string) =>
    text
      .replaceAll('{order}', about.id)
      .replaceAll('{product}', about.product.toLowerCase())
      .replaceAll('{otherOrder}', other.id)
      .replaceAll('{other}', other.customer_id);
  const since = now.getTime() - about.placed_at.getTime();
  const defective = MESSAGES[6];
  return {
    id: `msg_${about.id}`,
    customer_id: about.customer_id,
    subject: fill(known && defective ? defective[0] : subject),
    body: fill(known && defective ? defective[1] : body),
    received_at: new Date(now.getTime() - Math.floor(since * rng.next() * 0.6)),
  };
}
