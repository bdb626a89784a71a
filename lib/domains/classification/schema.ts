import { z } from 'zod';
import { Ability } from '@/lib/kernel/ability';
import { idSchema } from '@/lib/kernel/ids';
import { pageInput } from '@/lib/kernel/page-input';
import { Classification, Handling } from './levels';
import { parsePath } from './path';

export const assetKinds = ['table', 'document', 'file', 'other'] as const;
export const directions = ['input', 'output'] as const;

const AssetKind = z.enum(assetKinds);
const Direction = z.enum(directions);
const state = z.enum(['active', 'retired']);

/** Names as the systems have them: any sign that can be seen. */
const name = z
  .string()
  .trim()
  .min(1, 'is missing')
  .max(200)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'has a sign that cannot be shown');

// ---- data assets ----

const assetFields = {
  name,
  description: z.string().trim().max(2_000),
  kind: AssetKind,
};

export const DataAssetId = idSchema('ast');
export const DataFieldId = idSchema('fld');
export const DataAssetRef = z.strictObject({ id: DataAssetId });
export const CreateDataAsset = z.strictObject({
  ...assetFields,
  description: assetFields.description.default(''),
});
export const UpdateDataAsset = z.strictObject({
  id: DataAssetId,
  ...z.object(assetFields).partial().shape,
});
const { name: _, ...described } = CreateDataAsset.shape;
export const RestoreDataAsset = z.strictObject({ id: DataAssetId, ...described });
export const ListDataAssets = z.strictObject({
  ...pageInput,
  q: z.string().trim().max(200).optional(),
  state: state.optional(),
  /** With a field of this classification. */
  classification: Classification.optional(),
});

const AssetName = z.object({ id: z.string(), name: z.string() });

export const DataAsset = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  kind: AssetKind,
  state,
  /** How many fields of each classification. */
  counts: z.record(Classification, z.number()),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  can: z.object({ update: Ability, retire: Ability }),
});
export type DataAsset = z.output<typeof DataAsset>;

// ---- their fields ----

const fieldFields = {
  name,
  classification: Classification,
  handling: Handling,
  note: z.string().trim().max(500),
};

export const CreateDataField = z.strictObject({
  id: DataAssetId,
  ...fieldFields,
  handling: fieldFields.handling.default('none'),
  note: fieldFields.note.default(''),
});
export const UpdateDataField = z.strictObject({
  id: DataAssetId,
  fieldId: DataFieldId,
  ...z.object(fieldFields).partial().shape,
});
export const DataFieldRef = z.strictObject({ id: DataAssetId, fieldId: DataFieldId });

export const DataField = z.object({
  id: z.string(),
  name: z.string(),
  classification: Classification,
  handling: Handling,
  note: z.string(),
  /** Where agents meet it. */
  links: z.array(z.object({ actionType: AssetName, direction: Direction, path: z.string() })),
  updatedAt: z.iso.datetime(),
  can: z.object({ update: Ability, remove: Ability }),
});
export type DataField = z.output<typeof DataField>;

export const DataAssetDetail = DataAsset.extend({ fields: z.array(DataField) });
export type DataAssetDetail = z.output<typeof DataAssetDetail>;

/** A field as something else names it. */
export const FieldOfAsset = z.object({
  id: z.string(),
  name: z.string(),
  classification: Classification,
  handling: Handling,
  asset: AssetName,
});
export type FieldOfAsset = z.output<typeof FieldOfAsset>;

export const ListDataFields = z.strictObject({
  ...pageInput,
  q: z.string().trim().max(200).optional(),
});

// ---- what an action type's parameters and result hold ----

/** Parameters are named; a path leads into the result (lib/domains/classification/path.ts). */
const LinkInput = z.discriminatedUnion('direction', [
  z.strictObject({
    direction: z.literal('input'),
    path: z.string().min(1).max(120),
    fieldId: DataFieldId,
  }),
  z.strictObject({
    direction: z.literal('output'),
    path: z
      .string()
      .max(300)
      .refine((path) => parsePath(path) !== undefined, 'must be a path such as customers[].email'),
    fieldId: DataFieldId,
  }),
]);

const ActionTypeId = idSchema('aty');
export const ActionTypeDataRef = z.strictObject({ id: ActionTypeId });
export const SetActionTypeData = z.strictObject({
  id: ActionTypeId,
  links: z
    .array(LinkInput)
    .max(500)
    .superRefine((links, check) => {
      const seen = new Set<string>();
      for (const [index, { direction, path }] of links.entries()) {
        const key = `${direction} ${path}`;
        if (seen.has(key)) {
          check.addIssue({
            code: 'custom',
            path: [index, 'path'],
            message: 'is linked to another field already',
          });
        }
        seen.add(key);
      }
    }),
});

export const DataLink = z.object({
  direction: Direction,
  path: z.string(),
  field: FieldOfAsset,
});
export type DataLink = z.output<typeof DataLink>;

export const ActionTypeData = z.object({
  actionType: z.object({ id: z.string(), key: z.string(), classification: Classification }),
  /** The highest of its own and its fields'. */
  classification: Classification,
  /** The link that raised it above its own. */
  because: DataLink.nullable(),
  items: z.array(DataLink),
  can: z.object({ update: Ability }),
});
export type ActionTypeData = z.output<typeof ActionTypeData>;

// ---- import ----

export const MOST_FIELDS = 2_000;
const rows = z.array(z.record(z.string(), z.unknown())).max(200, 'send at most 200 rows');

export const ProposeImport = z.discriminatedUnion('format', [
  z.strictObject({
    format: z.literal('json_schema'),
    /** What to call it when the document has no title. */
    name: name.optional(),
    document: z.record(z.string(), z.unknown()),
    /** Documents of this schema. Looked at, never kept. */
    samples: rows.default([]),
  }),
  z.strictObject({
    format: z.literal('postgres'),
    /** Rows of information_schema.columns; further columns of theirs are passed over. */
    columns: z
      .array(
        z.object({
          table_schema: z.string().default('public'),
          table_name: name,
          column_name: name,
          data_type: z.string().default(''),
        }),
      )
      .min(1, 'there is no column')
      .max(MOST_FIELDS, `send at most ${MOST_FIELDS} columns at once`),
    /** Rows by table. Looked at, never kept. */
    samples: z.record(z.string(), rows).default({}),
  }),
]);
export type ProposeImport = z.output<typeof ProposeImport>;

const ProposedField = z.object({
  name: z.string(),
  type: z.string(),
  classification: Classification,
  handling: Handling,
  reason: z.string(),
});
/** What is proposed of an asset by looking at it alone. */
export const ProposedAsset = z.object({
  name: z.string(),
  kind: AssetKind,
  fields: z.array(ProposedField),
});
export type ProposedAsset = z.output<typeof ProposedAsset>;

const KnownField = ProposedField.extend({
  /** What it is now, when it is known already. */
  current: z.object({ classification: Classification, handling: Handling }).nullable(),
});
export type KnownField = z.output<typeof KnownField>;

export const ImportProposal = z.object({
  assets: z.array(
    ProposedAsset.extend({
      /** Its id, when there is one of this name. */
      existing: z.string().nullable(),
      fields: z.array(KnownField),
    }),
  ),
});
export type ImportProposal = z.output<typeof ImportProposal>;

const ImportId = idSchema('dim');
export const StartImport = z.strictObject({ secretId: idSchema('sec') });
export const DataImportRef = z.strictObject({ importId: ImportId });

/** A database that is being looked into, or was. */
export const DataImport = z.object({
  id: z.string(),
  secret: AssetName,
  state: z.enum(['running', 'ready', 'failed', 'cancelled']),
  /** Tables looked at, of all; both 0 until it is known how many there are. */
  done: z.number(),
  total: z.number(),
  error: z.string(),
  proposal: ImportProposal.nullable(),
  startedAt: z.iso.datetime(),
  can: z.object({ cancel: Ability }),
});
export type DataImport = z.output<typeof DataImport>;

export const ConfirmImport = z.strictObject({
  assets: z
    .array(
      z.strictObject({
        name,
        kind: AssetKind,
        fields: z
          .array(
            z.strictObject({
              ...fieldFields,
              note: fieldFields.note.default(''),
            }),
          )
          .min(1, 'choose at least one field'),
      }),
    )
    .min(1, 'choose at least one data asset')
    .max(500)
    .refine(
      (assets) => assets.reduce((all, { fields }) => all + fields.length, 0) <= MOST_FIELDS,
      `has more than ${MOST_FIELDS} fields; confirm it in parts`,
    ),
});

export const ImportResult = z.object({
  items: z.array(AssetName),
  created: z.number(),
  updated: z.number(),
});
export type ImportResult = z.output<typeof ImportResult>;
