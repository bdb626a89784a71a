import { z } from 'zod';
import {
  closed,
  createActionType,
  CreateActionType,
  restoreActionType,
  retireActionType,
  updateActionType,
} from '@/lib/domains/catalog/server';
import type { Tx } from '@/lib/infra/db';
import { sortKeys, type Path } from '../text';
import { jsonKind, same } from './kind';
import { idsByName as toolIds } from './tools';

const fields = CreateActionType.shape;
export const ActionTypeFile = z.strictObject({
  key: fields.key,
  /** The tool that it runs at, by name. */
  tool: z.string(),
  title: fields.title,
  description: fields.description,
  // As it is kept: in no order, and closed unless it says otherwise.
  parameters: fields.parameters.transform((parameters) => sortKeys(closed(parameters))),
  rules: fields.rules,
  effects: fields.effects,
  reversibility: fields.reversibility,
  classification: fields.classification,
  method: fields.method,
  pathTemplate: fields.pathTemplate,
  sentence: fields.sentence,
  signing: fields.signing,
  narrowable: fields.narrowable,
});
export type ActionTypeDocument = z.output<typeof ActionTypeFile>;

const place = ([first = '', ...rest]: Path): Path => [first === 'toolId' ? 'tool' : first, ...rest];

export const actionTypeKind = jsonKind<ActionTypeDocument>({
  noun: 'action type',
  folder: 'action-types',
  key: 'key',
  schema: ActionTypeFile,
  nameOf: (type) => type.key,
  read: async (tx) => {
    const rows = await tx.actionType.findMany({
      where: { state: 'active' },
      include: { tool: { select: { name: true } } },
    });
    return rows.map((row) =>
      ActionTypeFile.parse({
        key: row.key,
        tool: row.tool.name,
        title: row.title,
        description: row.description,
        parameters: row.parameters,
        rules: row.rules,
        effects: row.effects,
        reversibility: row.reversibility,
        classification: row.classification,
        method: row.method,
        pathTemplate: row.pathTemplate,
        sentence: row.sentence,
        signing: row.signing,
        narrowable: row.narrowable,
      }),
    );
  },
  references: ({ tool }) => [{ path: ['tool'], kind: 'tool', name: tool }],
  removed: async (_, type) => ({
    words: `The action type ${type.key} is retired`,
    details: [],
    final: false,
  }),
  apply: async ({ deed, attempt }, was, wanted) => {
    const tools = await toolIds(deed.tx);
    const ids = await idsByKey(deed.tx);
    for (const [key, type] of wanted) {
      const now = was.get(key);
      if (now && same(now, type)) continue;
      const { key: _, tool, ...others } = type;
      const described = { ...others, toolId: tools.get(tool) };
      const id = ids.get(key);
      await attempt(
        actionTypeKind.fileOf(key),
        () => {
          if (now) return updateActionType.within(deed, { ...described, id });
          return id
            ? restoreActionType.within(deed, { ...described, id })
            : createActionType.within(deed, { ...described, key });
        },
        place,
      );
    }
  },
  remove: async ({ deed, attempt }, gone) => {
    const ids = await idsByKey(deed.tx);
    for (const { key } of gone) {
      await attempt(actionTypeKind.fileOf(key), () =>
        retireActionType.within(deed, { id: ids.get(key) }),
      );
    }
  },
});

/** Ids of all action types, retired ones too. */
export async function idsByKey(tx: Tx): Promise<Map<string, string>> {
  const rows = await tx.actionType.findMany({ select: { id: true, key: true } });
  return new Map(rows.map((row) => [row.key, row.id]));
}
