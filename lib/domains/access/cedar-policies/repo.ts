import type { z } from 'zod';
import type { Prisma, Tx } from '@/lib/infra/db';
import type { Actor } from '@/lib/kernel/actor';
import { digest } from '@/lib/kernel/canonical';
import { afterCreated, containing, decodeCursor, newestFirst } from '@/lib/kernel/page';
import { notFound } from '@/lib/kernel/problem';
import { manageAccess } from '../policy';
import type { CedarPolicy, EntityRef, EntityView, ListCedarPolicies, ListEntities } from './schema';
import { writtenStatements } from './statements';
import type { ActionTypeFacts, Source } from './workspace';

export type CedarPolicyRow = Prisma.CedarPolicyGetPayload<object>;
export type EntityRow = Prisma.EntityGetPayload<object>;

/** One at a time changes what is checked together; ends with the transaction. */
export async function lockCedar(tx: Tx): Promise<void> {
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtext('cedar ' || current_workspace()))::text`;
}

/** Everything that a workspace's policies by hand are checked with. */
export async function cedarSource(tx: Tx): Promise<Source> {
  const policies = await tx.cedarPolicy.findMany({ orderBy: { name: 'asc' } });
  const types = await tx.actionType.findMany({
    where: { state: 'active' },
    orderBy: { key: 'asc' },
  });
  return {
    declared: await declaredText(tx),
    policies: policies.map(({ name, text }) => ({ name, text })),
    actionTypes: types.map(({ key, parameters }) => ({
      key,
      parameters: parameters as ActionTypeFacts['parameters'],
    })),
  };
}

export async function declaredText(tx: Tx): Promise<string> {
  return (await loadCedarSchema(tx))?.text ?? '';
}

export function loadCedarSchema(tx: Tx) {
  return tx.cedarSchema.findFirst();
}

export async function loadCedarPolicy(tx: Tx, id: string): Promise<CedarPolicyRow> {
  const row = await tx.cedarPolicy.findUnique({ where: { id } });
  if (!row) throw notFound('Cedar policy');
  return row;
}

export function findCedarPolicies(tx: Tx, input: z.output<typeof ListCedarPolicies>) {
  return tx.cedarPolicy.findMany({
    where: afterCreated(input.cursor),
    orderBy: newestFirst,
    take: input.limit + 1,
  });
}

export function viewCedarPolicy(row: CedarPolicyRow, actor: Actor): CedarPolicy {
  const statements = writtenStatements(row.text);
  const forbids = statements.filter(({ effect }) => effect === 'forbid').length;
  return {
    id: row.id,
    name: row.name,
    text: row.text,
    permits: statements.length - forbids,
    forbids,
    digest: digest(writtenIn(row)),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    can: { update: manageAccess(actor), remove: manageAccess(actor) },
  };
}

/** What a change of a text changes, as it is told by and recorded. */
export function writtenIn({ name, text }: CedarPolicyRow) {
  return { name, text };
}

export function findEntity(tx: Tx, { type, id }: z.output<typeof EntityRef>) {
  return tx.entity.findFirst({ where: { type, id } });
}

export function findEntities(tx: Tx, input: z.output<typeof ListEntities>) {
  return tx.entity.findMany({
    where: {
      AND: [
        afterEntity(input.cursor),
        input.type === undefined ? {} : { type: input.type },
        input.q ? { id: containing(input.q) } : {},
      ],
    },
    orderBy: [{ type: 'asc' }, { id: 'asc' }],
    take: input.limit + 1,
  });
}

function afterEntity(cursor: string | undefined): Prisma.EntityWhereInput {
  if (cursor === undefined) return {};
  const [type = '', id = ''] = decodeCursor(cursor, 2);
  return { OR: [{ type: { gt: type } }, { type, id: { gt: id } }] };
}

export function viewEntity(row: EntityRow, actor: Actor): EntityView {
  return {
    ...whatItIs(row),
    digest: digest(whatItIs(row)),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    can: { update: manageAccess(actor), remove: manageAccess(actor) },
  };
}

export function whatItIs({ type, id, properties, parents }: EntityRow) {
  return {
    type,
    id,
    properties: properties as EntityView['properties'],
    parents: parents as EntityView['parents'],
  };
}
