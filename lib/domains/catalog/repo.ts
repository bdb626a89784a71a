import type { z } from 'zod';
import type { Tx } from '@/lib/infra/db';
import type { Classification } from '@/lib/domains/classification';
import { effectiveOfType, linkedData } from '@/lib/domains/classification/server';
import type { Actor } from '@/lib/kernel/actor';
import { afterCreated, containing, newestFirst } from '@/lib/kernel/page';
import { invalid, notFound } from '@/lib/kernel/problem';
import { catalogAbilities } from './policy';
import {
  type ActionType,
  type ListActionTypes,
  type ListTools,
  ParameterRule,
  ParametersSchema,
  type Tool,
  ToolAuth,
} from './schema';

const toolParts = {
  secret: { select: { id: true, name: true } },
  _count: { select: { actionTypes: true } },
};
const typeParts = { tool: { select: { id: true, name: true } }, data: linkedData };

export type ToolRow = Awaited<ReturnType<typeof loadTool>>;
export type ActionTypeRow = Awaited<ReturnType<typeof loadActionType>>;

export async function loadTool(tx: Tx, id: string) {
  const row = await tx.tool.findUnique({ where: { id }, include: toolParts });
  if (!row) throw notFound('tool');
  return row;
}

/** Keeps a tool's row for this transaction: its address and its secret change together or in turn. */
export async function lockTool(tx: Tx, id: string): Promise<void> {
  await tx.$queryRaw`SELECT id FROM tools WHERE id = ${id} FOR NO KEY UPDATE`;
}

export async function loadActionType(tx: Tx, id: string) {
  const row = await tx.actionType.findUnique({ where: { id }, include: typeParts });
  if (!row) throw notFound('action type');
  return row;
}

export function findTools(tx: Tx, input: z.output<typeof ListTools>) {
  return tx.tool.findMany({
    where: {
      AND: [
        afterCreated(input.cursor),
        input.q
          ? { OR: [{ name: containing(input.q) }, { description: containing(input.q) }] }
          : {},
        input.state ? { state: input.state } : {},
      ],
    },
    include: toolParts,
    orderBy: newestFirst,
    take: input.limit + 1,
  });
}

export function findActionTypes(tx: Tx, input: z.output<typeof ListActionTypes>) {
  return tx.actionType.findMany({
    where: {
      AND: [
        afterCreated(input.cursor),
        input.q
          ? {
              OR: [
                { key: containing(input.q) },
                { title: containing(input.q) },
                { description: containing(input.q) },
              ],
            }
          : {},
        input.tool ? { toolId: input.tool } : {},
        input.effect ? { effects: { has: input.effect } } : {},
        input.state ? { state: input.state } : {},
      ],
    },
    include: typeParts,
    orderBy: newestFirst,
    take: input.limit + 1,
  });
}

export async function assertSecret(tx: Tx, secretId: string | null | undefined): Promise<void> {
  if (!secretId) return;
  const secret = await tx.secret.findUnique({ where: { id: secretId } });
  if (secret?.state !== 'active') {
    throw invalid([{ field: 'secretId', message: 'must be an active secret of the vault' }]);
  }
}

export async function assertTool(tx: Tx, toolId: string | undefined): Promise<void> {
  if (!toolId) return;
  const tool = await tx.tool.findUnique({ where: { id: toolId } });
  if (tool?.state !== 'active') {
    throw invalid([{ field: 'toolId', message: 'must be an active tool' }]);
  }
}

/** What a change of a tool is shown by. */
export function toolFields(row: ToolRow) {
  const { name, description, baseUrl, auth, secretId, environment, timeoutMs, state } = row;
  return { name, description, baseUrl, auth, secretId, environment, timeoutMs, state };
}

/** What a change of an action type is shown by. */
export function actionTypeFields(row: ActionTypeRow) {
  const { key, toolId, title, description, parameters, rules, effects, state } = row;
  const { reversibility, classification, method, pathTemplate, sentence } = row;
  const { signing, narrowable } = row;
  return {
    ...{ key, toolId, title, description, parameters, rules, effects, state },
    ...{ reversibility, classification, method, pathTemplate, sentence, signing, narrowable },
  };
}

export function viewTool(row: ToolRow, actor: Actor): Tool {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    connector: 'http',
    baseUrl: row.baseUrl,
    auth: ToolAuth.parse(row.auth),
    secret: row.secret,
    environment: row.environment as Tool['environment'],
    timeoutMs: row.timeoutMs,
    state: row.state as Tool['state'],
    actionTypes: row._count.actionTypes,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    can: catalogAbilities(actor, row.state),
  };
}

function viewEffective(row: ActionTypeRow): ActionType['effective'] {
  const { classification, because } = effectiveOfType(row);
  if (!because) return { classification, because };
  const { direction, path, field } = because;
  return { classification, because: { asset: field.asset, field: field.name, direction, path } };
}

export function viewActionType(row: ActionTypeRow, actor: Actor): ActionType {
  return {
    id: row.id,
    key: row.key,
    tool: row.tool,
    title: row.title,
    description: row.description,
    parameters: ParametersSchema.parse(row.parameters),
    rules: ParameterRule.array().parse(row.rules),
    effects: row.effects as ActionType['effects'],
    reversibility: row.reversibility as ActionType['reversibility'],
    classification: row.classification as Classification,
    effective: viewEffective(row),
    method: row.method as ActionType['method'],
    pathTemplate: row.pathTemplate,
    sentence: row.sentence,
    signing: row.signing as ActionType['signing'],
    narrowable: row.narrowable,
    state: row.state as ActionType['state'],
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    can: catalogAbilities(actor, row.state),
  };
}
