import { invalid } from '@/lib/kernel/problem';
import { permitted, query, verb } from '@/lib/kernel/verb';
import { linkAbilities, manageClassification, readClassification } from '../policy';
import { assertLinkable, linkFields, loadLinkedType, viewTypeData } from '../repo';
import { ActionTypeData, ActionTypeDataRef, SetActionTypeData } from '../schema';

export const getActionTypeData = query({
  name: 'action_type_data.get',
  input: ActionTypeDataRef,
  output: ActionTypeData,
  permit: readClassification,
  run: async ({ ctx, input, tx }) => viewTypeData(await loadLinkedType(tx, input.id), ctx.actor),
});

/** Says which fields an action type's parameters and result hold; replaces what was said before. */
export const setActionTypeData = verb({
  name: 'action_type_data.set',
  input: SetActionTypeData,
  output: ActionTypeData,
  permit: manageClassification,
  run: async ({ ctx, input, tx, event }) => {
    const { id, links } = input;
    const before = await loadLinkedType(tx, id);
    permitted(linkAbilities(ctx.actor, before).update);
    assertParameters(before.parameters, links);
    await assertLinkable(
      tx,
      links.map(({ fieldId }) => fieldId),
    );
    await tx.actionTypeData.deleteMany({ where: { actionTypeId: id } });
    await tx.actionTypeData.createMany({
      data: links.map((link) => ({ ...link, workspaceId: ctx.workspace, actionTypeId: id })),
    });
    const after = await loadLinkedType(tx, id);
    event({
      type: 'action_type.data_set',
      object: { type: 'action_type', id: before.key },
      data: { before: linkFields(before.data), after: linkFields(after.data) },
    });
    return viewTypeData(after, ctx.actor);
  },
});

/** An input is one of the action type's own parameters. */
function assertParameters(
  schema: unknown,
  links: readonly { direction: string; path: string }[],
): void {
  const { properties } = schema as { properties: Record<string, unknown> };
  const errors = links.flatMap(({ direction, path }, index) =>
    direction === 'output' || Object.hasOwn(properties, path)
      ? []
      : [{ field: `links.${index}.path`, message: `${path} is not a parameter` }],
  );
  if (errors.length > 0) throw invalid(errors);
}
