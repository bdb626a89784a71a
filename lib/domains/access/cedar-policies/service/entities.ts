import type { z } from 'zod';
import type { Tx } from '@/lib/infra/db';
import { toPage } from '@/lib/kernel/page';
import { pageOf } from '@/lib/kernel/page-input';
import { invalid, notFound } from '@/lib/kernel/problem';
import { assertSeen } from '@/lib/kernel/seen';
import { query, verb } from '@/lib/kernel/verb';
import { manageAccess, readAccess } from '../../policy';
import { json } from '../../policies/repo';
import { conformRecord, Mismatch } from '../conform';
import { parseDeclared } from '../declared';
import { declaredText, findEntities, findEntity, lockCedar, viewEntity, whatItIs } from '../repo';
import { EntityRef, EntityView, GiveEntity, ListEntities, type PutEntity } from '../schema';

export const listEntities = query({
  name: 'entities.list',
  input: ListEntities,
  output: pageOf(EntityView),
  permit: readAccess,
  run: async ({ ctx, input, tx }) =>
    toPage(
      await findEntities(tx, input),
      input.limit,
      ({ type, id }) => [type, id],
      (row) => viewEntity(row, ctx.actor),
    ),
});

/** Makes an entity of a declared type, or makes it what is given. */
export const putEntity = verb({
  name: 'entities.put',
  input: GiveEntity,
  output: EntityView,
  permit: manageAccess,
  run: async ({ ctx, input, tx, event }) => {
    const { type, id } = input;
    await assertDeclared(tx, input);
    await lockCedar(tx);
    const before = await findEntity(tx, { type, id });
    assertSeen(input.digest, before && whatItIs(before), `this ${type}`);
    if (before && input.isNew) {
      throw invalid([{ field: 'id', message: `is taken: there is this ${type} already` }]);
    }
    const workspaceId = ctx.workspace;
    const data = {
      ...json({ properties: input.properties, parents: input.parents }),
      updatedBy: ctx.actor.id,
    };
    const row = await tx.entity.upsert({
      where: { workspaceId_type_id: { workspaceId, type, id } },
      create: { ...data, workspaceId, type, id },
      update: data,
    });
    event({
      type: before ? 'entity.updated' : 'entity.created',
      object: { type: 'entity', id: `${type}::${id}` },
      data: { before: before && whatItIs(before), after: whatItIs(row) },
    });
    return viewEntity(row, ctx.actor);
  },
});

export const removeEntity = verb({
  name: 'entities.remove',
  input: EntityRef,
  output: EntityRef,
  permit: manageAccess,
  run: async ({ ctx, input, tx, event }) => {
    const { type, id } = input;
    const before = await findEntity(tx, input);
    if (!before) throw notFound('entity');
    await tx.entity.delete({
      where: { workspaceId_type_id: { workspaceId: ctx.workspace, type, id } },
    });
    event({
      type: 'entity.removed',
      object: { type: 'entity', id: `${type}::${id}` },
      data: { before: whatItIs(before), after: null },
    });
    return input;
  },
});

/** 422 unless the declared type has these properties and may have these parents. */
async function assertDeclared(tx: Tx, input: z.output<typeof PutEntity>): Promise<void> {
  const declared = parseDeclared(await declaredText(tx));
  const type = Array.isArray(declared) ? undefined : declared.entityTypes.get(input.type);
  if (!type || Array.isArray(declared)) {
    throw invalid([{ field: 'type', message: 'is not declared in the Cedar schema' }]);
  }
  const unknown = Object.keys(input.properties).find(
    (name) => !Object.hasOwn(type.attributes, name),
  );
  if (unknown !== undefined) {
    const message = `is not declared for ${input.type}`;
    throw invalid([{ field: `properties.${unknown}`, message }]);
  }
  try {
    conformRecord(declared, type.attributes, input.properties, 'properties');
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error;
    throw invalid([{ field: error.field, message: error.message }]);
  }
  const at = input.parents.findIndex((parent) => !type.memberOf.has(parent.type));
  if (at < 0) return;
  const message = `a ${input.type} is not declared to be in a ${input.parents[at]?.type}`;
  throw invalid([{ field: `parents.${at}.type`, message }]);
}
