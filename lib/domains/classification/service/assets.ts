import { defined } from '@/lib/kernel/defined';
import { newId } from '@/lib/kernel/ids';
import { createdKey, toPage } from '@/lib/kernel/page';
import { pageOf } from '@/lib/kernel/page-input';
import { conflict } from '@/lib/kernel/problem';
import { permitted, query, verb } from '@/lib/kernel/verb';
import { assetAbilities, assetUnlinked, manageClassification, readClassification } from '../policy';
import {
  assertUnlinked,
  assetFields,
  findAssets,
  linkedFieldsOf,
  loadAsset,
  tallyFields,
  viewAsset,
  viewAssetDetail,
} from '../repo';
import {
  CreateDataAsset,
  DataAsset,
  DataAssetDetail,
  DataAssetRef,
  ListDataAssets,
  RestoreDataAsset,
  UpdateDataAsset,
} from '../schema';

export const listDataAssets = query({
  name: 'data_assets.list',
  input: ListDataAssets,
  output: pageOf(DataAsset),
  permit: readClassification,
  run: async ({ ctx, input, tx }) => {
    const rows = await findAssets(tx, input);
    const tallyOf = await tallyFields(tx, rows);
    return toPage(rows, input.limit, createdKey, (row) => viewAsset(row, tallyOf(row), ctx.actor));
  },
});

export const getDataAsset = query({
  name: 'data_assets.get',
  input: DataAssetRef,
  output: DataAssetDetail,
  permit: readClassification,
  run: async ({ ctx, input, tx }) => viewAssetDetail(await loadAsset(tx, input.id), ctx.actor),
});

export const createDataAsset = verb({
  name: 'data_assets.create',
  input: CreateDataAsset,
  output: DataAssetDetail,
  permit: manageClassification,
  run: async ({ ctx, input, tx, event }) => {
    const { id } = await tx.dataAsset.create({
      data: { ...input, id: newId('ast'), workspaceId: ctx.workspace },
    });
    const row = await loadAsset(tx, id);
    event({
      type: 'data_asset.created',
      object: { type: 'data_asset', id },
      data: { before: null, after: assetFields(row) },
    });
    return viewAssetDetail(row, ctx.actor);
  },
});

export const updateDataAsset = verb({
  name: 'data_assets.update',
  input: UpdateDataAsset,
  output: DataAssetDetail,
  permit: manageClassification,
  run: async ({ ctx, input, tx, event }) => {
    const { id, ...changes } = input;
    const before = await loadAsset(tx, id);
    permitted(assetAbilities(ctx.actor, { state: before.state, linkedFields: 0 }).update);
    await tx.dataAsset.update({ where: { id }, data: defined(changes) });
    const after = await loadAsset(tx, id);
    event({
      type: 'data_asset.updated',
      object: { type: 'data_asset', id },
      data: { before: assetFields(before), after: assetFields(after) },
    });
    return viewAssetDetail(after, ctx.actor);
  },
});

/** Ends a data asset; its fields must be unlinked first, so that nothing is less protected by the way. */
export const retireDataAsset = verb({
  name: 'data_assets.retire',
  input: DataAssetRef,
  output: DataAssetDetail,
  permit: manageClassification,
  run: async ({ ctx, input, tx, event }) => {
    const before = await loadAsset(tx, input.id);
    permitted(assetAbilities(ctx.actor, { state: before.state, linkedFields: 0 }).retire);
    assertUnlinked(assetUnlinked(linkedFieldsOf(before)));
    await tx.dataAsset.update({ where: { id: input.id }, data: { state: 'retired' } });
    event({
      type: 'data_asset.retired',
      object: { type: 'data_asset', id: input.id },
      data: { name: before.name, fields: before.fields.length },
    });
    return viewAssetDetail(await loadAsset(tx, input.id), ctx.actor);
  },
});

/** Brings a retired data asset back with its fields, as it is described now. */
export const restoreDataAsset = verb({
  name: 'data_assets.restore',
  input: RestoreDataAsset,
  output: DataAssetDetail,
  permit: manageClassification,
  run: async ({ ctx, input, tx, event }) => {
    const { id, ...fields } = input;
    const before = await loadAsset(tx, id);
    if (before.state !== 'retired') throw conflict('wrong_state', 'The data asset is not retired.');
    await tx.dataAsset.update({ where: { id }, data: { ...fields, state: 'active' } });
    const after = await loadAsset(tx, id);
    event({
      type: 'data_asset.restored',
      object: { type: 'data_asset', id },
      data: { before: assetFields(before), after: assetFields(after) },
    });
    return viewAssetDetail(after, ctx.actor);
  },
});
