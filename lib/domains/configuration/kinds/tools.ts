import { z } from 'zod';
import {
  createTool,
  CreateTool,
  restoreTool,
  retireTool,
  updateTool,
} from '@/lib/domains/catalog/server';
import type { Tx } from '@/lib/infra/db';
import type { Path } from '../text';
import { jsonKind, same } from './kind';
import { idsByName as secretIds } from './secrets';

const { name, description, baseUrl, auth, environment, timeoutMs } = CreateTool.shape;
const schema = z.strictObject({
  name,
  description,
  baseUrl,
  auth,
  /** The secret that is presented to it, by name. */
  secret: z.string().nullable().default(null),
  environment,
  timeoutMs,
});
type ToolDocument = z.output<typeof schema>;

const place = ([first = '', ...rest]: Path): Path => [
  first === 'secretId' ? 'secret' : first,
  ...rest,
];

export const toolKind = jsonKind<ToolDocument>({
  noun: 'tool',
  folder: 'tools',
  schema,
  nameOf: (tool) => tool.name,
  read: async (tx) => {
    const rows = await tx.tool.findMany({
      where: { state: 'active' },
      include: { secret: { select: { name: true, state: true } } },
    });
    return rows.map((row) =>
      schema.parse({
        name: row.name,
        description: row.description,
        baseUrl: row.baseUrl,
        auth: row.auth,
        // A revoked secret reaches nothing, and is not in a configuration.
        secret: row.secret?.state === 'active' ? row.secret.name : null,
        environment: row.environment,
        timeoutMs: row.timeoutMs,
      }),
    );
  },
  references: ({ secret }) =>
    secret === null ? [] : [{ path: ['secret'], kind: 'secret', name: secret }],
  removed: async (_, tool) => ({
    words: `The tool ${tool.name} is retired`,
    details: [],
    final: false,
  }),
  apply: async ({ deed, attempt }, was, wanted) => {
    const secrets = await secretIds(deed.tx);
    const ids = await idsByName(deed.tx);
    for (const [key, tool] of wanted) {
      const now = was.get(key);
      if (now && same(now, tool)) continue;
      const { secret, ...others } = tool;
      const fields = { ...others, secretId: secret === null ? null : secrets.get(secret) };
      const id = ids.get(key);
      await attempt(
        toolKind.fileOf(key),
        () => {
          if (now) return updateTool.within(deed, { ...fields, id });
          return id ? restoreTool.within(deed, { ...fields, id }) : createTool.within(deed, fields);
        },
        place,
      );
    }
  },
  remove: async ({ deed, attempt }, gone) => {
    const ids = await idsByName(deed.tx);
    for (const tool of gone) {
      await attempt(toolKind.fileOf(tool.name), () =>
        retireTool.within(deed, { id: ids.get(tool.name) }),
      );
    }
  },
});

/** Ids of all tools, retired ones too. */
export async function idsByName(tx: Tx): Promise<Map<string, string>> {
  const rows = await tx.tool.findMany({ select: { id: true, name: true } });
  return new Map(rows.map((row) => [row.name, row.id]));
}
