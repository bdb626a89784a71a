import { bindSecret } from '@/lib/domains/vault/server';
import type { Tx } from '@/lib/infra/db';
import { defined } from '@/lib/kernel/defined';
import type { NewEvent } from '@/lib/kernel/event';
import { newId } from '@/lib/kernel/ids';
import { createdKey, toPage } from '@/lib/kernel/page';
import { pageOf } from '@/lib/kernel/page-input';
import { conflict } from '@/lib/kernel/problem';
import { permitted, query, verb } from '@/lib/kernel/verb';
import { catalogAbilities, manageCatalog, readCatalog } from '../policy';
import {
  assertSecret,
  findTools,
  loadTool,
  lockTool,
  toolFields,
  type ToolRow,
  viewTool,
} from '../repo';
import { CreateTool, ListTools, RestoreTool, Tool, ToolRef, UpdateTool } from '../schema';

export const listTools = query({
  name: 'tools.list',
  input: ListTools,
  output: pageOf(Tool),
  permit: readCatalog,
  run: async ({ ctx, input, tx }) =>
    toPage(await findTools(tx, input), input.limit, createdKey, (row) => viewTool(row, ctx.actor)),
});

export const getTool = query({
  name: 'tools.get',
  input: ToolRef,
  output: Tool,
  permit: readCatalog,
  run: async ({ ctx, input, tx }) => viewTool(await loadTool(tx, input.id), ctx.actor),
});

export const createTool = verb({
  name: 'tools.create',
  input: CreateTool,
  output: Tool,
  permit: manageCatalog,
  run: async ({ ctx, input, tx, event }) => {
    await assertSecret(tx, input.secretId);
    await holdToOrigin(tx, event, input);
    const { id } = await tx.tool.create({
      data: { ...input, id: newId('tol'), workspaceId: ctx.workspace },
    });
    const row = await loadTool(tx, id);
    event({
      type: 'tool.created',
      object: { type: 'tool', id },
      data: { before: null, after: toolFields(row) },
    });
    return viewTool(row, ctx.actor);
  },
});

export const updateTool = verb({
  name: 'tools.update',
  input: UpdateTool,
  output: Tool,
  permit: manageCatalog,
  run: async ({ ctx, input, tx, event }) => {
    const { id, ...changes } = input;
    await lockTool(tx, id);
    const before = await loadTool(tx, id);
    permitted(catalogAbilities(ctx.actor, before.state).update);
    await assertSecret(tx, changes.secretId);
    await holdToOrigin(tx, event, changes, before);
    await tx.tool.update({ where: { id }, data: defined(changes) });
    const after = await loadTool(tx, id);
    event({
      type: 'tool.updated',
      object: { type: 'tool', id },
      data: { before: toolFields(before), after: toolFields(after) },
    });
    return viewTool(after, ctx.actor);
  },
});

/** Ends a tool; its action types must be retired first, so that nothing points at a gone system. */
export const retireTool = verb({
  name: 'tools.retire',
  input: ToolRef,
  output: Tool,
  permit: manageCatalog,
  run: async ({ ctx, input, tx, event }) => {
    const before = await loadTool(tx, input.id);
    permitted(catalogAbilities(ctx.actor, before.state).retire);
    const open = await tx.actionType.count({ where: { toolId: input.id, state: 'active' } });
    if (open > 0) {
      throw conflict('in_use', `Retire its ${open} action types first.`);
    }
    await tx.tool.update({ where: { id: input.id }, data: { state: 'retired' } });
    event({
      type: 'tool.retired',
      object: { type: 'tool', id: input.id },
      data: { name: before.name },
    });
    return viewTool(await loadTool(tx, input.id), ctx.actor);
  },
});

/** Brings a retired tool back, as it is described now. */
export const restoreTool = verb({
  name: 'tools.restore',
  input: RestoreTool,
  output: Tool,
  permit: manageCatalog,
  run: async ({ ctx, input, tx, event }) => {
    const { id, ...fields } = input;
    await lockTool(tx, id);
    const before = await loadTool(tx, id);
    if (before.state !== 'retired') throw conflict('wrong_state', 'The tool is not retired.');
    await assertSecret(tx, fields.secretId);
    await holdToOrigin(tx, event, fields, before);
    await tx.tool.update({ where: { id }, data: { ...fields, state: 'active' } });
    const after = await loadTool(tx, id);
    event({
      type: 'tool.restored',
      object: { type: 'tool', id },
      data: { before: toolFields(before), after: toolFields(after) },
    });
    return viewTool(after, ctx.actor);
  },
});

/** A tool's secret goes only where it was entered for, whichever of the two is what changes. */
async function holdToOrigin(
  tx: Tx,
  event: (event: NewEvent) => void,
  changes: { baseUrl?: string | undefined; secretId?: string | null | undefined },
  before?: ToolRow,
): Promise<void> {
  const secretId = changes.secretId === undefined ? before?.secretId : changes.secretId;
  const baseUrl = changes.baseUrl ?? before?.baseUrl;
  if (!secretId || baseUrl === undefined) return;
  const field = secretId === before?.secretId ? 'baseUrl' : 'secretId';
  await bindSecret(tx, event, { secretId, baseUrl, field, ...(before ? { by: before.id } : {}) });
}
