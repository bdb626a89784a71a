import {
  confirmImport,
  listDataFields,
  setActionTypeData,
} from '@/lib/domains/classification/server';
import type { Context } from '@/lib/kernel/context';

type Level = 'Public' | 'Internal' | 'Confidential' | 'Restricted';
type Handling = 'none' | 'mask' | 'tokenise' | 'redact' | 'never_leave';

/** The order service's tables, as an admin would confirm them. */
const TABLES: Readonly<Record<string, Readonly<Record<string, readonly [Level, Handling]>>>> = {
  customers: {
    id: ['Internal', 'none'],
    name: ['Confidential', 'none'],
    email: ['Confidential', 'none'],
    phone: ['Confidential', 'mask'],
    street: ['Confidential', 'none'],
    city: ['Confidential', 'none'],
    postcode: ['Confidential', 'none'],
    country: ['Internal', 'none'],
    plan: ['Internal', 'none'],
  },
  orders: {
    id: ['Internal', 'none'],
    product: ['Public', 'none'],
    amount: ['Internal', 'none'],
    status: ['Internal', 'none'],
  },
  inbox: { subject: ['Confidential', 'none'], body: ['Confidential', 'none'] },
};

/** Where the action types meet them: what they take, and what they give. */
const LINKS: Readonly<Record<string, { input?: Links; output?: Links }>> = {
  'customers.read': {
    input: { customer_id: 'customers.id' },
    output: {
      name: 'customers.name',
      email: 'customers.email',
      phone: 'customers.phone',
      street: 'customers.street',
    },
  },
  'customers.change_address': {
    input: { street: 'customers.street', city: 'customers.city', postcode: 'customers.postcode' },
    output: { 'customer.phone': 'customers.phone', 'before.phone': 'customers.phone' },
  },
  'inbox.read': { output: { 'items[].subject': 'inbox.subject', 'items[].body': 'inbox.body' } },
  'orders.read': { output: { product: 'orders.product', amount: 'orders.amount' } },
  'mail.send': { input: { to: 'customers.email' } },
};
type Links = Readonly<Record<string, string>>;

/** Classifies the order service's data and links the action types to it. */
export async function seedClassification(
  ctx: Context,
  actionTypes: ReadonlyMap<string, string>,
): Promise<void> {
  await confirmImport(ctx, {
    assets: Object.entries(TABLES).map(([name, fields]) => ({
      ...{ name, kind: 'table' },
      fields: Object.entries(fields).map(([field, [classification, handling]]) => ({
        ...{ name: field, classification, handling },
      })),
    })),
  });
  const { items } = await listDataFields(ctx, { limit: 200 });
  const ids = new Map(items.map(({ asset, name, id }) => [`${asset.name}.${name}`, id]));
  for (const [key, sides] of Object.entries(LINKS)) {
    const links = (['input', 'output'] as const).flatMap((direction) =>
      Object.entries(sides[direction] ?? {}).map(([path, field]) => ({
        ...{ direction, path, fieldId: ids.get(field) },
      })),
    );
    await setActionTypeData(ctx, { id: actionTypes.get(key), links });
  }
}
