import type { Tx } from '@/lib/infra/db';
import { newId } from '@/lib/kernel/ids';
import type { Context } from '@/lib/kernel/context';
import { permitted, query, verb } from '@/lib/kernel/verb';
import { invalid } from '@/lib/kernel/problem';
import { proposeAll } from '../import/propose';
import { readImport } from '../import/read';
import { Classification, Handling } from '../levels';
import { assetAbilities, manageClassification } from '../policy';
import { fieldFields, findAssetsByName, loadAsset } from '../repo';
import type { z } from 'zod';
import {
  ConfirmImport,
  ImportProposal,
  ImportResult,
  type ProposedAsset,
  ProposeImport,
} from '../schema';

/** Reads a schema and proposes; nothing is stored, and of the samples nothing is kept. */
export const proposeImport = query({
  name: 'data_assets.propose_import',
  input: ProposeImport,
  output: ImportProposal,
  permit: manageClassification,
  run: ({ input, tx }) => withKnown(tx, proposeAll(readImport(input))),
});

/** A proposal with what is known of its assets and fields already. */
export async function withKnown(
  tx: Tx,
  assets: readonly ProposedAsset[],
): Promise<z.output<typeof ImportProposal>> {
  const rows = await findAssetsByName(
    tx,
    assets.map(({ name }) => name),
  );
  const known = new Map(rows.map((row) => [row.name, row]));
  return {
    assets: assets.map(({ name, kind, fields }) => {
      const existing = known.get(name);
      return {
        ...{ name, kind },
        existing: existing?.id ?? null,
        fields: fields.map((field) => {
          const current = existing?.fields.find((one) => one.name === field.name);
          return {
            ...field,
            current: current
              ? {
                  classification: Classification.parse(current.classification),
                  handling: Handling.parse(current.handling),
                }
              : null,
          };
        }),
      };
    }),
  };
}

type Confirmed = z.output<typeof ConfirmImport>['assets'][number];

/** Stores what a person confirmed: new assets and fields, and changes of those that were there. */
export const confirmImport = verb({
  name: 'data_assets.confirm_import',
  input: ConfirmImport,
  output: ImportResult,
  permit: manageClassification,
  run: async ({ ctx, input, tx, event }) => {
    assertDistinct(input.assets);
    const known = await findAssetsByName(
      tx,
      input.assets.map(({ name }) => name),
    );
    const result = { items: [] as { id: string; name: string }[], created: 0, updated: 0 };
    for (const asset of input.assets) {
      const existing = known.find((row) => row.name === asset.name);
      if (existing) {
        permitted(assetAbilities(ctx.actor, { state: existing.state, linkedFields: 0 }).update);
      }
      const id = existing?.id ?? (await createAsset(tx, ctx, asset));
      const before = existing?.fields ?? [];
      const added = asset.fields.filter(({ name }) => !before.some((one) => one.name === name));
      const changed = asset.fields.flatMap((field) => {
        const old = before.find((one) => one.name === field.name);
        return old && !isSame(old, field) ? [{ ...field, id: old.id }] : [];
      });
      await tx.dataField.createMany({
        data: added.map((field) => ({
          ...field,
          id: newId('fld'),
          workspaceId: ctx.workspace,
          assetId: id,
        })),
      });
      for (const { id: fieldId, name: _, ...data } of changed) {
        await tx.dataField.update({ where: { id: fieldId }, data });
      }
      result.items.push({ id, name: asset.name });
      result.created += added.length;
      result.updated += changed.length;
      const touched = new Set(asset.fields.map(({ name }) => name));
      const shown = (rows: typeof before) =>
        rows.filter(({ name }) => touched.has(name)).map((row) => fieldFields(row, asset));
      event({
        type: 'data_asset.imported',
        object: { type: 'data_asset', id },
        data: {
          before: existing ? { fields: shown(before) } : null,
          after: { fields: shown((await loadAsset(tx, id)).fields) },
        },
      });
    }
    return result;
  },
});

async function createAsset(tx: Tx, ctx: Context, { name, kind }: Confirmed): Promise<string> {
  const { id } = await tx.dataAsset.create({
    data: { id: newId('ast'), workspaceId: ctx.workspace, name, kind },
  });
  return id;
}

function isSame(
  old: { classification: string; handling: string; note: string },
  field: Confirmed['fields'][number],
): boolean {
  return (
    old.classification === field.classification &&
    old.handling === field.handling &&
    old.note === field.note
  );
}

function assertDistinct(assets: readonly Confirmed[]): void {
  const errors = [
    ...twice(assets).map((at) => ({ field: `assets.${at}.name`, message: 'is there twice' })),
    ...assets.flatMap(({ fields }, asset) =>
      twice(fields).map((at) => ({
        field: `assets.${asset}.fields.${at}.name`,
        message: 'is there twice',
      })),
    ),
  ];
  if (errors.length > 0) throw invalid(errors);
}

/** Places of names that came before. */
function twice(named: readonly { name: string }[]): number[] {
  return named.flatMap(({ name }, at) =>
    named.findIndex((other) => other.name === name) < at ? [at] : [],
  );
}
