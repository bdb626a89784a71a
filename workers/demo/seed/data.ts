import type { AgentRole } from '../agents/config';

/** The sample workspace, as data; seed.ts carries it out through the rooms' verbs. */
export const WORKSPACE = { name: 'Northwind Support', timeZone: 'Europe/Berlin' } as const;

/** Held actions wait long enough for someone to come by; the sample is small enough to review. */
export const SETTINGS = { approvalTtlMinutes: 240, sampleSize: 20 } as const;

export interface MemberSeed {
  name: string;
  email: string;
  role: 'admin' | 'approver' | 'auditor';
}

export const MEMBERS: readonly MemberSeed[] = [
  { name: 'Mara Okafor', email: 'mara.okafor@northwind.example', role: 'admin' },
  { name: 'Lena Brandt', email: 'lena.brandt@northwind.example', role: 'approver' },
  { name: 'Tom Ruiz', email: 'tom.ruiz@northwind.example', role: 'approver' },
  { name: 'Priya Nair', email: 'priya.nair@northwind.example', role: 'auditor' },
];

export const SECRET = {
  name: 'order-service-api-key',
  description: 'Opens the order service; made and revoked through its own /api-keys.',
  rotateEveryDays: 30,
} as const;

export const TOOL = {
  name: 'order-service',
  description: 'Customers, orders, refunds and letters of Northwind.',
  timeoutMs: 10_000,
} as const;

const customerId = {
  type: 'string',
  pattern: '^C-[0-9]{5}$',
  description: 'Customer id, such as C-20931',
};
const orderId = {
  type: 'string',
  pattern: '^[0-9]{4,6}$',
  description: 'Order number, such as 4821',
};
const text = (maxLength: number) => ({ type: 'string', minLength: 1, maxLength });

/** The parameter must equal the session's customer. */
export const RULES = [
  { parameter: 'customer_id', rule: 'equals_session', attribute: 'customer_id' },
] as const;

export interface ActionTypeSeed {
  key: string;
  title: string;
  description: string;
  properties: Record<string, object>;
  required: readonly string[];
  effects: readonly ('read' | 'write' | 'financial' | 'deletion' | 'external_communication')[];
  reversibility: 'read_only' | 'reversible' | 'externally_reversible' | 'irreversible';
  classification: 'Public' | 'Internal' | 'Confidential' | 'Restricted';
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  pathTemplate: string;
  sentence: string;
  narrowable?: readonly string[];
}

export const ACTION_TYPES: readonly ActionTypeSeed[] = [
  {
    key: 'orders.read',
    title: 'Read an order',
    description: "One order of the session's customer.",
    properties: { order_id: orderId, customer_id: customerId },
    required: ['order_id', 'customer_id'],
    effects: ['read'],
    reversibility: 'read_only',
    classification: 'Internal',
    method: 'GET',
    pathTemplate: '/orders/{order_id}',
    sentence: 'Read order {order_id} of customer {customer_id}',
  },
  {
    key: 'orders.list',
    title: "List a customer's orders",
    description: "The latest orders of the session's customer.",
    properties: { customer_id: customerId },
    required: ['customer_id'],
    effects: ['read'],
    reversibility: 'read_only',
    classification: 'Internal',
    method: 'GET',
    pathTemplate: '/customers/{customer_id}/orders',
    sentence: 'List the orders of customer {customer_id}',
  },
  {
    key: 'customers.read',
    title: 'Read a customer',
    description: "Name, mail address, telephone and postal address of the session's customer.",
    properties: { customer_id: customerId },
    required: ['customer_id'],
    effects: ['read'],
    reversibility: 'read_only',
    classification: 'Confidential',
    method: 'GET',
    pathTemplate: '/customers/{customer_id}',
    sentence: 'Read the profile of customer {customer_id}',
  },
  {
    key: 'inbox.read',
    title: "Read a customer's messages",
    description: "What the session's customer wrote; anyone can write anything there.",
    properties: { customer_id: customerId },
    required: ['customer_id'],
    effects: ['read'],
    reversibility: 'read_only',
    classification: 'Confidential',
    method: 'GET',
    pathTemplate: '/inbox/{customer_id}',
    sentence: 'Read the messages of customer {customer_id}',
  },
  {
    key: 'refunds.create',
    title: 'Refund an order',
    description: 'Pays money back on an order. The payment provider can call it back.',
    properties: {
      order_id: orderId,
      customer_id: customerId,
      amount: { type: 'number', exclusiveMinimum: 0, maximum: 1_000_000 },
      currency: { type: 'string', pattern: '^[A-Z]{3}$' },
      reason: text(500),
    },
    required: ['order_id', 'customer_id', 'amount', 'currency'],
    effects: ['write', 'financial'],
    reversibility: 'externally_reversible',
    classification: 'Confidential',
    method: 'POST',
    pathTemplate: '/orders/{order_id}/refunds',
    sentence: 'Refund {amount} on order {order_id} of customer {customer_id}',
    narrowable: ['amount'],
  },
  {
    key: 'customers.change_address',
    title: 'Change an address',
    description: 'Replaces the postal address of the session’s customer.',
    properties: {
      customer_id: customerId,
      street: text(200),
      city: text(200),
      postcode: text(12),
      country: { type: 'string', pattern: '^[A-Z]{2}$' },
    },
    required: ['customer_id', 'street', 'city', 'postcode', 'country'],
    effects: ['write'],
    reversibility: 'reversible',
    classification: 'Confidential',
    method: 'PATCH',
    pathTemplate: '/customers/{customer_id}/address',
    sentence: 'Change the address of customer {customer_id} to {street}, {postcode} {city}',
  },
  {
    key: 'customers.delete',
    title: 'Delete a customer',
    description: 'Erases the customer and their messages for good; their orders stay, unnamed.',
    properties: { customer_id: customerId },
    required: ['customer_id'],
    effects: ['deletion'],
    reversibility: 'irreversible',
    classification: 'Confidential',
    method: 'DELETE',
    pathTemplate: '/customers/{customer_id}',
    sentence: 'Delete customer {customer_id} and their personal data for good',
  },
  {
    key: 'mail.send',
    title: 'Send a letter',
    description: 'Sends a letter to a mail address outside the company.',
    properties: {
      customer_id: customerId,
      to: { type: 'string', format: 'email', maxLength: 254 },
      subject: text(200),
      body: text(20_000),
    },
    required: ['customer_id', 'to', 'subject', 'body'],
    effects: ['external_communication'],
    reversibility: 'irreversible',
    classification: 'Confidential',
    method: 'POST',
    pathTemplate: '/mail',
    sentence: 'Send “{subject}” to {to}',
  },
];

/** Tier by amount: runs alone, runs and is sampled, waits for a person; denied above. */
export const REFUND_LADDER = {
  parameter: 'amount',
  autonomous: 50,
  supervised: 500,
  gated: 1000,
} as const;

export interface PermissionSeed {
  action: string;
  tier?: 1 | 2 | 3;
  ladder?: typeof REFUND_LADDER;
  limits?: { perMinute?: number; perHour?: number; perDay?: number };
}

const reads = (...actions: string[]): PermissionSeed[] =>
  actions.map((action) => ({ action, tier: 1 }));

export interface RoleSeed {
  name: string;
  description: string;
  permissions: readonly PermissionSeed[];
}

export const ROLES: readonly RoleSeed[] = [
  {
    name: 'support',
    description: 'Answers customers: reads, corrects addresses, writes letters.',
    permissions: [
      ...reads('orders.read', 'orders.list', 'customers.read', 'inbox.read'),
      { action: 'customers.change_address', tier: 2 },
      { action: 'mail.send', tier: 3, limits: { perHour: 2000 } },
    ],
  },
  {
    name: 'refunds',
    description: 'Pays money back within the ladder.',
    permissions: [
      ...reads('orders.read', 'orders.list', 'inbox.read'),
      { action: 'refunds.create', ladder: REFUND_LADDER },
    ],
  },
  {
    name: 'privacy',
    description: 'Serves access and deletion requests.',
    permissions: [
      ...reads('customers.read', 'inbox.read'),
      { action: 'customers.delete', tier: 3, limits: { perHour: 2000 } },
    ],
  },
  {
    name: 'order-analysis',
    description: 'Reads orders, nothing else.',
    permissions: reads('orders.read', 'orders.list'),
  },
];

export interface AgentSeed {
  role: AgentRole;
  purpose: string;
  model: string;
  clearance: 'Internal' | 'Confidential';
  sponsor: string;
  roles: readonly string[];
}

export const AGENTS: readonly AgentSeed[] = [
  {
    role: 'customer-support',
    purpose: 'Answers customers’ questions and keeps their addresses right.',
    model: 'scripted-1',
    clearance: 'Confidential',
    sponsor: 'mara.okafor@northwind.example',
    roles: ['support'],
  },
  {
    role: 'refund-handler',
    purpose: 'Checks complaints against the order and pays money back.',
    model: 'scripted-1',
    clearance: 'Confidential',
    sponsor: 'mara.okafor@northwind.example',
    roles: ['refunds'],
  },
  {
    role: 'privacy-desk',
    purpose: 'Serves customers’ access and deletion requests.',
    model: 'scripted-1',
    clearance: 'Confidential',
    sponsor: 'tom.ruiz@northwind.example',
    roles: ['privacy'],
  },
  {
    role: 'order-analyst',
    purpose: 'Looks for patterns in repeat orders.',
    model: 'scripted-1',
    clearance: 'Internal',
    sponsor: 'mara.okafor@northwind.example',
    roles: ['order-analysis'],
  },
];
