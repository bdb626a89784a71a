import { defined } from '@/lib/kernel/defined';
import { newId } from '@/lib/kernel/ids';
import { createdKey, toPage } from '@/lib/kernel/page';
import { pageOf } from '@/lib/kernel/page-input';
import { permitted, query, verb } from '@/lib/kernel/verb';
import {
  assetAbilities,
  fieldAbilities,
  fieldUnlinked,
  manageClassification,
  readClassification,
} from '../policy';
import {
  assertUnlinked,
  fieldFields,
  findFields,
  loadAsset,
  loadField,
  viewField,
  viewFieldOfAsset,
} from '../repo';
import {
  CreateDataField,
  DataField,
  DataFieldRef,
  FieldOfAsset,
  ListDataFields,
  UpdateDataField,
} from '../schema';

/** Fields of all active data assets, for who links one. */
export const listDataFields = query({
  name: 'data_fields.list',
  input: ListDataFields,
  output: pageOf(FieldOfAsset),
  permit: readClassification,
  run: async ({ input, tx }) =>
    toPage(await findFields(tx, input), input.limit, createdKey, viewFieldOfAsset),
});

export const createDataField = verb({
  name: 'data_fields.create',
  input: CreateDataField,
  output: DataField,
  permit: manageClassification,
  run: async ({ ctx, input, tx, event }) => {
    const { id: assetId, ...given } = input;
    const asset = await loadAsset(tx, assetId);
    permitted(assetAbilities(ctx.actor, { state: asset.state, linkedFields: 0 }).update);
    const { id } = await tx.dataField.create({
      data: { ...given, id: newId('fld'), workspaceId: ctx.workspace, assetId },
    });
    const row = await loadField(tx, assetId, id);
    event({
      type: 'data_field.created',
      object: { type: 'data_field', id },
      data: { before: null, after: fieldFields(row, asset) },
    });
    return viewField(row, asset.state, ctx.actor);
  },
});

/** Changes a field; every decision and answer of an action type linked to it follows at once. */
export const updateDataField = verb({
  name: 'data_fields.update',
  input: UpdateDataField,
  output: DataField,
  permit: manageClassification,
  run: async ({ ctx, input, tx, event }) => {
    const { id: assetId, fieldId, ...changes } = input;
    const before = await loadField(tx, assetId, fieldId);
    const { asset } = before;
    permitted(fieldAbilities(ctx.actor, { assetState: asset.state, links: 0 }).update);
    await tx.dataField.update({ where: { id: fieldId }, data: defined(changes) });
    const after = await loadField(tx, assetId, fieldId);
    event({
      type: 'data_field.updated',
      object: { type: 'data_field', id: fieldId },
      data: { before: fieldFields(before, asset), after: fieldFields(after, asset) },
    });
    return viewField(after, asset.state, ctx.actor);
  },
});

/** Removes a field that no action type is linked to. */
export const removeDataField = verb({
  name: 'data_fields.remove',
  input: DataFieldRef,
  output: DataFieldRef,
  permit: manageClassification,
  run: async ({ ctx, input, tx, event }) => {
    const before = await loadField(tx, input.id, input.fieldId);
    const { asset, links } = before;
    permitted(fieldAbilities(ctx.actor, { assetState: asset.state, links: 0 }).remove);
    assertUnlinked(fieldUnlinked(links.length));
    await tx.dataField.delete({ where: { id: input.fieldId } });
    event({
      type: 'data_field.removed',
      object: { type: 'data_field', id: input.fieldId },
      data: { before: fieldFields(before, asset), after: null },
    });
    return input;
  },
});
