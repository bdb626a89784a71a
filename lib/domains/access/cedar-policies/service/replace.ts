import type { z } from 'zod';
import type { Tx } from '@/lib/infra/db';
import { verb } from '@/lib/kernel/verb';
import { manageAccess } from '../../policy';
import { names, own } from '../../policies/compare';
import { applyCedar } from '../apply';
import { cedarSource } from '../repo';
import { ReplaceCedar } from '../schema';

type Cedar = z.output<typeof ReplaceCedar>;

/** Makes the declared types and all policies by hand what is given, at once, as they may need each other. */
export const replaceCedar = verb({
  name: 'cedar_policies.replace',
  input: ReplaceCedar,
  output: ReplaceCedar,
  permit: manageAccess,
  run: async ({ ctx, input, tx, event }) => {
    const { declared, policies } = await cedarSource(tx);
    const from: Cedar = {
      schema: declared,
      policies: Object.fromEntries(policies.map(({ name, text }) => [name, text])),
    };
    const before = await idsOf(tx);
    await applyCedar(tx, ctx, from, input);
    const ids = new Map([...before, ...(await idsOf(tx))]);
    for (const name of names(from.policies, input.policies)) {
      const [was, is] = [own(from.policies, name), own(input.policies, name)];
      if (was === is) continue;
      const done = was === undefined ? 'created' : is === undefined ? 'removed' : 'updated';
      event({
        type: `cedar_policy.${done}`,
        object: { type: 'cedar_policy', id: ids.get(name) ?? name },
        data: {
          before: was === undefined ? null : { name, text: was },
          after: is === undefined ? null : { name, text: is },
        },
      });
    }
    if (from.schema !== input.schema) {
      event({
        type: 'cedar_schema.changed',
        object: { type: 'cedar_schema', id: ctx.workspace },
        data: { before: { text: from.schema }, after: { text: input.schema } },
      });
    }
    return input;
  },
});

async function idsOf(tx: Tx): Promise<Map<string, string>> {
  const rows = await tx.cedarPolicy.findMany({ select: { id: true, name: true } });
  return new Map(rows.map(({ id, name }) => [name, id]));
}
