/** A workspace with every kind of thing and odd names, and what tests do with configurations. */
import { createPermission, createRole, grantRole } from '@/lib/domains/access/server';
import { createAgent } from '@/lib/domains/agents/server';
import { createActionType, createTool } from '@/lib/domains/catalog/server';
import {
  createDataAsset,
  createDataField,
  setActionTypeData,
} from '@/lib/domains/classification/server';
import { createGroup, createRoute } from '@/lib/domains/approvals/server';
import { createSecret } from '@/lib/domains/vault/server';
import { updateWorkspace } from '@/lib/domains/workspaces/server';
import { as as signedIn, mintWorkspace } from '@/lib/domains/workspaces/test/workspace';
import { inWorkspace } from '@/lib/infra/db';
import type { Context } from '@/lib/kernel/context';
import type { Files, Plan } from '../schema';
import { applyConfiguration } from '../service/apply';
import { exportConfiguration } from '../service/export';
import { planConfiguration } from '../service/plan';

export const SECRET_VALUE = 'sk-live-never-in-a-file';

export interface World {
  workspace: string;
  admin: string;
}

export function as(world: World, roles: string[] = ['admin'], id = world.admin): Context {
  return signedIn(world.workspace, id, roles);
}

/** A workspace with its admin and nothing else. */
export async function emptyWorld(): Promise<World> {
  const { id, admin } = await mintWorkspace();
  return { workspace: id, admin: admin.id };
}

/** Its admin's e-mail, which another workspace's member may then have. */
export async function emailOf(world: World, email?: string): Promise<string> {
  return inWorkspace(world.workspace, async (tx) => {
    const { id } = { id: world.admin };
    if (email !== undefined) await tx.member.update({ where: { id }, data: { email } });
    return (await tx.member.findUniqueOrThrow({ where: { id } })).email;
  });
}

export async function filesOf(world: World): Promise<Record<string, string>> {
  return (await exportConfiguration(as(world), {})).files;
}

export const planOf = (world: World, files: Files): Promise<Plan> =>
  planConfiguration(as(world), { files });

/** Plans and applies in one go, as one admin does it. */
export async function applied(world: World, files: Files): Promise<Plan> {
  const { digest } = await planOf(world, files);
  return applyConfiguration(as(world), { files, digest, why: 'for a test' });
}

/** The files with one JSON document changed. */
export function edited(
  files: Files,
  file: string,
  change: (document: Record<string, never>) => unknown,
): Record<string, string> {
  const document = JSON.parse(files[file] ?? '{}') as Record<string, never>;
  return { ...files, [file]: `${JSON.stringify(change(document), null, 2)}\n` };
}

export async function richWorld(): Promise<World> {
  const world = await emptyWorld();
  const ctx = as(world);
  await updateWorkspace(ctx, {
    timeZone: 'Europe/Berlin',
    settings: {
      approvalTtlMinutes: 15,
      tierFloors: {
        ...{ irreversible: 3, external_communication: 3 },
        environments: { staging: { irreversible: 2 } },
      },
    },
  });
  const { secret } = await createSecret(ctx, { name: 'orders.api_key', value: SECRET_VALUE });
  await createSecret(ctx, {
    ...{
      name: 'nul',
      value: SECRET_VALUE,
      rotateEveryDays: 30,
      description: 'A device, elsewhere',
    },
    rotator: { kind: 'http_api_keys', baseUrl: 'https://keys.example.test/' },
  });
  const tool = await createTool(ctx, {
    ...{ name: 'orders', baseUrl: 'https://orders.example.test/v1/', secretId: secret.id },
    ...{ auth: { type: 'header', header: 'X-Key' }, environment: 'production', timeoutMs: 3_000 },
  });
  await createTool(ctx, { name: 'con', baseUrl: 'http://127.0.0.1:9', auth: { type: 'none' } });
  const refund = await createActionType(ctx, {
    ...{ key: 'refunds.create', toolId: tool.id, title: 'Refund an order', method: 'POST' },
    parameters: {
      type: 'object',
      properties: {
        zone: { type: 'string', enum: ['eu', 'us'] },
        order_id: { type: 'string' },
        amount: { type: 'number', minimum: 0, description: 'In “EUR” — not cents' },
      },
      required: ['order_id', 'amount'],
    },
    rules: [
      { parameter: 'order_id', rule: 'equals_session', attribute: 'order_id' },
      { parameter: 'amount', rule: 'range', min: 0.01, max: 10_000 },
    ],
    ...{ effects: ['financial', 'write'], reversibility: 'externally_reversible' },
    ...{ classification: 'Internal', pathTemplate: '/orders/{order_id}/refunds' },
    sentence: 'Refund {amount} for order {order_id}',
    ...{ signing: 'step_up', narrowable: ['amount'] },
  });
  const read = await createActionType(ctx, {
    ...{ key: 'con.read', toolId: tool.id, title: 'Read', method: 'GET', pathTemplate: '/orders' },
    parameters: { type: 'object', properties: { n: { type: 'integer' } } },
    ...{ effects: ['read'], reversibility: 'read_only', classification: 'Public' },
  });
  const asset = await createDataAsset(ctx, {
    ...{ name: 'Kunden/Ärzte .. %41 "x"', kind: 'table', description: 'Zwei\nZeilen' },
  });
  const fields: string[] = [];
  for (const [name, classification, handling] of [
    ['E-Mail', 'Confidential', 'mask'],
    ['iban', 'Restricted', 'never_leave'],
    ['ZIP', 'Public', 'none'],
  ]) {
    const made = await createDataField(ctx, { id: asset.id, name, classification, handling });
    fields.push(made.id);
  }
  await createDataAsset(ctx, { name: 'kunden/ärzte .. %41 "x"', kind: 'other' });
  await createDataAsset(ctx, { name: '漢'.repeat(200), kind: 'document' });
  const [email, iban] = fields;
  await setActionTypeData(ctx, {
    id: refund.id,
    links: [
      { direction: 'output', path: 'customers[].iban', fieldId: iban },
      { direction: 'input', path: 'order_id', fieldId: email },
      { direction: 'output', path: 'customers[].email', fieldId: email },
    ],
  });
  const refunds = await createRole(ctx, { name: 'refunds', description: 'Gives money back' });
  const everything = await createRole(ctx, { name: 'aux' });
  const ladder = { parameter: 'amount', autonomous: 20, supervised: 100.5, gated: 500 };
  await createPermission(ctx, {
    ...{ roleId: refunds.id, actionTypeId: refund.id, ladder },
    limits: { perHour: 10, amountPerDay: { parameter: 'amount', max: 1_000 } },
    condition: [
      { on: 'compare', left: 'parameters.zone', is: '==', right: { attribute: 'session.zone' } },
      {
        on: 'any',
        clauses: [
          { on: 'time', days: ['mon', 'fri'], from: '09:00', to: '17:00', zone: 'Europe/Berlin' },
          { on: 'network', ranges: ['10.0.0.0/8', '2001:db8::/32'] },
        ],
      },
    ],
  });
  await createPermission(ctx, {
    ...{ roleId: refunds.id, actionTypeId: refund.id, tier: 3 },
    condition: [{ on: 'one_of', left: 'parameters.zone', values: ['us', 'eu'] }],
  });
  await createPermission(ctx, { roleId: everything.id, actionTypeId: read.id, tier: 1 });
  const agent = await createAgent(ctx, {
    ...{ name: 'support', purpose: 'Answers customers about orders.', sponsorId: world.admin },
    ...{ environment: 'production', model: 'model-1', clearance: 'Confidential' },
  });
  await grantRole(ctx, { id: agent.id, roleId: refunds.id });
  await grantRole(ctx, { id: agent.id, roleId: everything.id });
  await createAgent(ctx, {
    ...{ name: 'lpt1', purpose: 'Does nothing at all yet.', sponsorId: null },
    ...{ environment: 'development', model: 'model-2', clearance: 'Public' },
  });
  const { id: finance } = await createGroup(ctx, {
    ...{ name: 'Finance & Söhne', description: 'Signs for money' },
  });
  const { id: heads } = await createGroup(ctx, { name: 'heads' });
  await createRoute(ctx, {
    ...{ name: 'Large', wait_minutes: 43_200, signing: 'passkey' },
    fits: {
      action_types: ['refunds.create', 'con.read'],
      agents: [agent.id],
      classification: 'Internal',
      amount_from: 0.5,
      amount_below: 1_000,
    },
    needs: [
      { group: finance, count: 2, escalation: [{ after_minutes: 30, group: heads }] },
      { group: null, count: 1, escalation: [{ after_minutes: 60, group: null }] },
    ],
  });
  await createRoute(ctx, { name: 'Rest', fits: {}, needs: [{ group: heads, count: 1 }] });
  return world;
}
