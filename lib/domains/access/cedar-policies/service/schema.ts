import { digest } from '@/lib/kernel/canonical';
import { assertSeen } from '@/lib/kernel/seen';
import { query, verb } from '@/lib/kernel/verb';
import type { Tx } from '@/lib/infra/db';
import type { Actor } from '@/lib/kernel/actor';
import { manageAccess, readAccess } from '../../policy';
import { declaredTypes } from '../attributes';
import { ownTypes } from '../declared';
import { refuseProblems } from '../refuse';
import { cedarSource, loadCedarSchema, lockCedar } from '../repo';
import { CedarSchemaView, GiveCedarSchema, NoInput } from '../schema';
import { checkWorkspace, parameterTypes } from '../workspace';

export const getCedarSchema = query({
  name: 'cedar_schema.get',
  input: NoInput,
  output: CedarSchemaView,
  permit: readAccess,
  run: ({ ctx, tx }) => view(tx, ctx.actor),
});

/** Declares the types and actions that are not Countersign's own; every policy must fit them. */
export const putCedarSchema = verb({
  name: 'cedar_schema.put',
  input: GiveCedarSchema,
  output: CedarSchemaView,
  permit: manageAccess,
  run: async ({ ctx, input, tx, event }) => {
    await lockCedar(tx);
    const source = await cedarSource(tx);
    assertSeen(input.digest, source.declared, 'the Cedar schema');
    refuseProblems(checkWorkspace({ ...source, declared: input.text }), {
      field: 'text',
      name: null,
    });
    const { workspace: workspaceId } = ctx;
    const data = { text: input.text, updatedBy: ctx.actor.id };
    await tx.cedarSchema.upsert({
      where: { workspaceId },
      create: { ...data, workspaceId },
      update: data,
    });
    event({
      type: 'cedar_schema.changed',
      object: { type: 'cedar_schema', id: workspaceId },
      data: { before: { text: source.declared }, after: { text: input.text } },
    });
    return view(tx, ctx.actor);
  },
});

const attributesOfOwn = {
  Agent: ['clearance', 'state', 'environment', 'name', 'model'],
  ActionType: ['classification', 'environment'],
  Role: [],
};

async function view(tx: Tx, actor: Actor) {
  const row = await loadCedarSchema(tx);
  const source = await cedarSource(tx);
  const { declared } = checkWorkspace({ ...source, policies: [] });
  const own = [...ownTypes].map((name) => ({
    name,
    attributes: attributesOfOwn[name as keyof typeof attributesOfOwn],
  }));
  return {
    text: source.declared,
    digest: digest(source.declared),
    updatedAt: row?.updatedAt.toISOString() ?? null,
    names: {
      entityTypes: [
        ...own,
        ...[...(declared?.entityTypes ?? [])].map(([name, { attributes }]) => ({
          name,
          attributes: Object.keys(attributes),
        })),
      ],
      actions: [
        ...source.actionTypes.map(({ key, parameters }) => ({
          name: key,
          context: [
            ...Object.keys(parameterTypes(parameters)).map((name) => `parameters.${name}`),
            'session',
            'time',
            'user.id',
            'address',
          ],
        })),
        ...[...(declared?.actions ?? [])].map(([name, { context }]) => ({
          name,
          context: Object.keys(context.attributes ?? {}),
        })),
      ],
    },
    declared: declaredTypes(declared),
    can: { update: manageAccess(actor) },
  };
}
