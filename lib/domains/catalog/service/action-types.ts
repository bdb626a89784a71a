import type { Prisma } from '@/lib/infra/db';
import { defined } from '@/lib/kernel/defined';
import { newId } from '@/lib/kernel/ids';
import { createdKey, toPage } from '@/lib/kernel/page';
import { pageOf } from '@/lib/kernel/page-input';
import { conflict } from '@/lib/kernel/problem';
import { permitted, query, verb } from '@/lib/kernel/verb';
import { assertConsistent, closed } from '../consistency';
import { catalogAbilities, manageCatalog, readCatalog } from '../policy';
import {
  actionTypeFields,
  assertTool,
  findActionTypes,
  loadActionType,
  viewActionType,
} from '../repo';
import {
  ActionType,
  ActionTypeRef,
  CreateActionType,
  ListActionTypes,
  RestoreActionType,
  UpdateActionType,
} from '../schema';

export const listActionTypes = query({
  name: 'action_types.list',
  input: ListActionTypes,
  output: pageOf(ActionType),
  permit: readCatalog,
  run: async ({ ctx, input, tx }) =>
    toPage(await findActionTypes(tx, input), input.limit, createdKey, (row) =>
      viewActionType(row, ctx.actor),
    ),
});

export const getActionType = query({
  name: 'action_types.get',
  input: ActionTypeRef,
  output: ActionType,
  permit: readCatalog,
  run: async ({ ctx, input, tx }) => viewActionType(await loadActionType(tx, input.id), ctx.actor),
});

export const createActionType = verb({
  name: 'action_types.create',
  input: CreateActionType,
  output: ActionType,
  permit: manageCatalog,
  run: async ({ ctx, input, tx, event }) => {
    assertConsistent(input);
    await assertTool(tx, input.toolId);
    const { id } = await tx.actionType.create({
      data: {
        ...input,
        id: newId('aty'),
        workspaceId: ctx.workspace,
        parameters: closed(input.parameters) as Prisma.InputJsonObject,
      },
    });
    const row = await loadActionType(tx, id);
    event({
      type: 'action_type.created',
      object: { type: 'action_type', id: row.key },
      data: { before: null, after: actionTypeFields(row) },
    });
    return viewActionType(row, ctx.actor);
  },
});

export const updateActionType = verb({
  name: 'action_types.update',
  input: UpdateActionType,
  output: ActionType,
  permit: manageCatalog,
  run: async ({ ctx, input, tx, event }) => {
    const { id, ...changes } = input;
    const row = await loadActionType(tx, id);
    permitted(catalogAbilities(ctx.actor, row.state).update);
    const before = viewActionType(row, ctx.actor);
    const { parameters, ...others } = changes;
    assertConsistent({ ...before, ...defined(changes) });
    await assertTool(tx, changes.toolId);
    await tx.actionType.update({
      where: { id },
      data: {
        ...defined(others),
        ...(parameters ? { parameters: closed(parameters) as Prisma.InputJsonObject } : {}),
      },
    });
    const after = await loadActionType(tx, id);
    event({
      type: 'action_type.updated',
      object: { type: 'action_type', id: row.key },
      data: { before: actionTypeFields(row), after: actionTypeFields(after) },
    });
    return viewActionType(after, ctx.actor);
  },
});

/** Ends an action type: from now on nobody may propose it, whatever a permission says. */
export const retireActionType = verb({
  name: 'action_types.retire',
  input: ActionTypeRef,
  output: ActionType,
  permit: manageCatalog,
  run: async ({ ctx, input, tx, event }) => {
    const before = await loadActionType(tx, input.id);
    permitted(catalogAbilities(ctx.actor, before.state).retire);
    await tx.actionType.update({ where: { id: input.id }, data: { state: 'retired' } });
    event({
      type: 'action_type.retired',
      object: { type: 'action_type', id: before.key },
      data: { title: before.title },
    });
    return viewActionType(await loadActionType(tx, input.id), ctx.actor);
  },
});

/** Brings a retired action type back, as it is described now. */
export const restoreActionType = verb({
  name: 'action_types.restore',
  input: RestoreActionType,
  output: ActionType,
  permit: manageCatalog,
  run: async ({ ctx, input, tx, event }) => {
    const { id, ...fields } = input;
    const before = await loadActionType(tx, id);
    if (before.state !== 'retired')
      throw conflict('wrong_state', 'The action type is not retired.');
    assertConsistent(fields);
    await assertTool(tx, fields.toolId);
    const parameters = closed(fields.parameters) as Prisma.InputJsonObject;
    await tx.actionType.update({
      where: { id },
      data: { ...fields, parameters, state: 'active' },
    });
    const after = await loadActionType(tx, id);
    event({
      type: 'action_type.restored',
      object: { type: 'action_type', id: after.key },
      data: { before: actionTypeFields(before), after: actionTypeFields(after) },
    });
    return viewActionType(after, ctx.actor);
  },
});
