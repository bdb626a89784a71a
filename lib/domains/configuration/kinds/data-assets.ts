import { z } from 'zod';
import {
  createDataAsset,
  CreateDataAsset,
  createDataField,
  CreateDataField,
  removeDataField,
  restoreDataAsset,
  retireDataAsset,
  SetActionTypeData,
  updateDataAsset,
  updateDataField,
} from '@/lib/domains/classification/server';
import type { Tx } from '@/lib/infra/db';
import { type Documents, jsonKind, same, sorted, type Work } from './kind';
import { applyLinks } from './data-links';

const { name, classification, handling, note } = CreateDataField.shape;
const [inputLink, outputLink] = SetActionTypeData.shape.links.element.options;

/** Where agents meet a field; an action type by its key. */
const Link = z.discriminatedUnion('direction', [
  z.strictObject({
    actionType: z.string(),
    direction: inputLink.shape.direction,
    path: inputLink.shape.path,
  }),
  z.strictObject({
    actionType: z.string(),
    direction: outputLink.shape.direction,
    path: outputLink.shape.path,
  }),
]);
const linkKey = ({ actionType, direction, path }: z.output<typeof Link>) =>
  `${actionType} ${direction} ${path}`;

const Field = z.strictObject({
  name,
  classification,
  handling,
  note,
  links: z.array(Link).default([]),
});
export const DataAssetFile = z.strictObject({
  name: CreateDataAsset.shape.name,
  description: CreateDataAsset.shape.description,
  kind: CreateDataAsset.shape.kind,
  fields: z.array(Field).superRefine((fields, check) => {
    for (const [index, field] of fields.entries()) {
      if (fields.findIndex((other) => other.name === field.name) === index) continue;
      check.addIssue({ code: 'custom', path: [index, 'name'], message: 'is there twice' });
    }
  }),
});
export type DataAssetDocument = z.output<typeof DataAssetFile>;
type FieldDocument = DataAssetDocument['fields'][number];

export const dataAssetKind = jsonKind<DataAssetDocument>({
  noun: 'data asset',
  folder: 'data-assets',
  schema: DataAssetFile,
  normal: (asset) => ({
    ...asset,
    fields: sorted(asset.fields, (field) => field.name).map((field) => ({
      ...field,
      links: sorted(field.links, linkKey),
    })),
  }),
  nameOf: (asset) => asset.name,
  read: async (tx) => {
    const rows = await tx.dataAsset.findMany({
      where: { state: 'active' },
      include: {
        fields: {
          include: { links: { include: { actionType: { select: { key: true, state: true } } } } },
        },
      },
    });
    return rows.map((row) =>
      DataAssetFile.parse({
        name: row.name,
        description: row.description,
        kind: row.kind,
        fields: row.fields.map((field) => ({
          name: field.name,
          classification: field.classification,
          handling: field.handling,
          note: field.note,
          links: field.links
            .filter(({ actionType }) => actionType.state === 'active')
            .map(({ actionType, direction, path }) => ({
              actionType: actionType.key,
              direction,
              path,
            })),
        })),
      }),
    );
  },
  references: ({ fields }) =>
    fields.flatMap((field, at) =>
      field.links.map((link, index) => ({
        path: ['fields', at, 'links', index, 'actionType'],
        kind: 'action type',
        name: link.actionType,
      })),
    ),
  changed: (was, is) => [
    ...(was.description === is.description ? [] : ['It is described anew']),
    ...(was.kind === is.kind ? [] : [`kind: ${is.kind} (was ${was.kind})`]),
    ...fieldChanges(was, is),
  ],
  removed: async (_, asset) => ({
    words: `The data asset ${asset.name} is retired`,
    details: [],
    final: false,
  }),
  apply: async (work, was, wanted) => {
    const ids = await idsByName(work.deed.tx);
    for (const [key, asset] of wanted) {
      const now = was.get(key);
      if (now && dataAssetKind.print(now) === dataAssetKind.print(asset)) continue;
      await applyAsset(work, ids.get(key), was.get(key), asset);
    }
    await applyLinks(work, wanted);
    await removeFields(work, wanted);
  },
  remove: async ({ deed, attempt }, gone) => {
    const ids = await idsByName(deed.tx);
    for (const asset of gone) {
      await attempt(dataAssetKind.fileOf(asset.name), () =>
        retireDataAsset.within(deed, { id: ids.get(asset.name) }),
      );
    }
  },
});

async function applyAsset(
  { deed, attempt }: Work,
  known: string | undefined,
  was: DataAssetDocument | undefined,
  asset: DataAssetDocument,
): Promise<void> {
  const { name: called, description, kind } = asset;
  const file = dataAssetKind.fileOf(called);
  const fields = { description, kind };
  const made = await attempt(file, async () => {
    if (!known) return createDataAsset.within(deed, { ...fields, name: called });
    if (!was) return restoreDataAsset.within(deed, { ...fields, id: known });
    if (was.description === description && was.kind === kind) return { id: known };
    return updateDataAsset.within(deed, { ...fields, id: known });
  });
  if (!made) return;
  const rows = await deed.tx.dataField.findMany({ where: { assetId: made.id } });
  const there = new Map(rows.map((row) => [row.name, row]));
  for (const [at, { links: _, ...field }] of asset.fields.entries()) {
    const row = there.get(field.name);
    const { name: __, ...rest } = field;
    if (row && same(rest, pick(row))) continue;
    await attempt(
      file,
      () =>
        row
          ? updateDataField.within(deed, { ...rest, id: made.id, fieldId: row.id })
          : createDataField.within(deed, { ...field, id: made.id }),
      (path) => ['fields', at, ...path],
    );
  }
}

/** After the links have gone that held them. */
async function removeFields(
  { deed, attempt }: Work,
  wanted: Documents<DataAssetDocument>,
): Promise<void> {
  const rows = await deed.tx.dataField.findMany({
    where: { asset: { state: 'active' } },
    include: { asset: { select: { id: true, name: true } } },
  });
  for (const { id, name: called, asset } of rows) {
    const document = wanted.get(asset.name);
    if (!document || document.fields.some((field) => field.name === called)) continue;
    await attempt(dataAssetKind.fileOf(asset.name), () =>
      removeDataField.within(deed, { id: asset.id, fieldId: id }),
    );
  }
}

function pick(row: { classification: string; handling: string; note: string }) {
  return { classification: row.classification, handling: row.handling, note: row.note };
}

function fieldChanges(was: DataAssetDocument, is: DataAssetDocument): string[] {
  const of = ({ fields }: DataAssetDocument) => new Map(fields.map((field) => [field.name, field]));
  const [before, after] = [of(was), of(is)];
  return [...new Set([...before.keys(), ...after.keys()])].toSorted().flatMap((called) => {
    const [old, now] = [before.get(called), after.get(called)];
    if (same(old, now)) return [];
    if (!now) return [`${called} is removed`];
    return [`${called} is ${described(now)}${old ? ` (was ${described(old)})` : ''}`];
  });
}

function described({ classification: level, handling: treated, links }: FieldDocument): string {
  const places = links.map(
    ({ actionType, direction, path }) => `${actionType} ${direction} ${path}`,
  );
  return [level, treated === 'none' ? '' : treated.replaceAll('_', ' '), ...places]
    .filter(Boolean)
    .join(', ');
}

/** Ids of all data assets, retired ones too. */
async function idsByName(tx: Tx): Promise<Map<string, string>> {
  const rows = await tx.dataAsset.findMany({ select: { id: true, name: true } });
  return new Map(rows.map((row) => [row.name, row.id]));
}
