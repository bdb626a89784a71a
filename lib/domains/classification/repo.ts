import type { z } from 'zod';
import type { Prisma, Tx } from '@/lib/infra/db';
import type { Actor } from '@/lib/kernel/actor';
import { afterCreated, containing, newestFirst } from '@/lib/kernel/page';
import { conflict, invalid, notFound } from '@/lib/kernel/problem';
import type { Verdict } from '@/lib/kernel/verdict';
import { type Classification, effectiveOf, type Handling } from './levels';
import { assetAbilities, fieldAbilities, linkAbilities } from './policy';
import {
  type ActionTypeData,
  type DataAsset,
  type DataAssetDetail,
  type DataField,
  type DataLink,
  type FieldOfAsset,
  type ListDataAssets,
  type ListDataFields,
  ProposedAsset,
} from './schema';

const assetName = { select: { id: true, name: true } };
const fieldParts = {
  links: {
    select: { direction: true, path: true, actionType: { select: { id: true, key: true } } },
    orderBy: [{ actionTypeId: 'asc' }, { direction: 'asc' }, { path: 'asc' }],
  },
} satisfies Prisma.DataFieldInclude;
const assetParts = {
  fields: { include: fieldParts, orderBy: { name: 'asc' } },
} satisfies Prisma.DataAssetInclude;

/** What an action type includes so that its effective classification can be told. */
export const linkedData = {
  select: {
    direction: true,
    path: true,
    field: {
      select: { id: true, name: true, classification: true, handling: true, asset: assetName },
    },
  },
  orderBy: [{ direction: 'asc' }, { path: 'asc' }],
} satisfies Prisma.ActionType$dataArgs;

type AssetRow = Awaited<ReturnType<typeof loadAsset>>;
type FieldRow = Prisma.DataFieldGetPayload<{ include: typeof fieldParts }>;
type LinkRow = Prisma.ActionTypeDataGetPayload<typeof linkedData>;
type LinkedTypeRow = Awaited<ReturnType<typeof loadLinkedType>>;

export async function loadAsset(tx: Tx, id: string) {
  const row = await tx.dataAsset.findUnique({ where: { id }, include: assetParts });
  if (!row) throw notFound('data asset');
  return row;
}

/** A field of this asset, and of no other. */
export async function loadField(tx: Tx, assetId: string, id: string) {
  const row = await tx.dataField.findUnique({
    where: { id, assetId },
    include: { ...fieldParts, asset: { select: { id: true, name: true, state: true } } },
  });
  if (!row) throw notFound('field of this data asset');
  return row;
}

export async function loadLinkedType(tx: Tx, id: string) {
  const row = await tx.actionType.findUnique({ where: { id }, include: { data: linkedData } });
  if (!row) throw notFound('action type');
  return row;
}

/** Fields that can be linked, by their ids; 422 naming each link whose field cannot. */
export async function assertLinkable(tx: Tx, ids: readonly string[]): Promise<void> {
  const found = await tx.dataField.findMany({
    where: { id: { in: [...ids] }, asset: { state: 'active' } },
    select: { id: true },
  });
  const known = new Set(found.map(({ id }) => id));
  const errors = ids.flatMap((id, index) =>
    known.has(id)
      ? []
      : [{ field: `links.${index}.fieldId`, message: 'must be a field of an active data asset' }],
  );
  if (errors.length > 0) throw invalid(errors);
}

/** 409 when action types are linked. */
export function assertUnlinked(verdict: Verdict): void {
  if (!verdict.allowed) throw conflict('in_use', verdict.reason);
}

export function findAssets(tx: Tx, input: z.output<typeof ListDataAssets>) {
  return tx.dataAsset.findMany({
    where: {
      AND: [
        afterCreated(input.cursor),
        input.q
          ? {
              OR: [
                { name: containing(input.q) },
                { description: containing(input.q) },
                { fields: { some: { name: containing(input.q) } } },
              ],
            }
          : {},
        input.state ? { state: input.state } : {},
        input.classification ? { fields: { some: { classification: input.classification } } } : {},
      ],
    },
    orderBy: newestFirst,
    take: input.limit + 1,
  });
}

/** Fields of active data assets. */
export function findFields(tx: Tx, input: z.output<typeof ListDataFields>) {
  return tx.dataField.findMany({
    where: {
      AND: [
        afterCreated(input.cursor),
        { asset: { state: 'active' } },
        input.q
          ? { OR: [{ name: containing(input.q) }, { asset: { name: containing(input.q) } }] }
          : {},
      ],
    },
    include: { asset: assetName },
    orderBy: newestFirst,
    take: input.limit + 1,
  });
}

export function findAssetsByName(tx: Tx, names: readonly string[]) {
  return tx.dataAsset.findMany({ where: { name: { in: [...names] } }, include: assetParts });
}

/** What a change of a data asset is shown by. */
export function assetFields(row: Pick<AssetRow, 'name' | 'description' | 'kind' | 'state'>) {
  const { name, description, kind, state } = row;
  return { name, description, kind, state };
}

/** What a change of a field is shown by. */
export function fieldFields(
  row: Pick<FieldRow, 'name' | 'classification' | 'handling' | 'note'>,
  asset: { name: string },
) {
  const { name, classification, handling, note } = row;
  return { asset: asset.name, name, classification, handling, note };
}

/** What a change of an action type's links is shown by. */
export function linkFields(rows: readonly LinkRow[]) {
  return rows.map(({ direction, path, field }) => ({
    ...{ direction, path },
    field: `${field.asset.name}.${field.name}`,
    classification: field.classification,
  }));
}

/** How many fields of each classification, and how many of them are linked. */
interface Tally {
  counts: Record<Classification, number>;
  linkedFields: number;
}

const emptyTally = (): Tally => ({
  counts: { Public: 0, Internal: 0, Confidential: 0, Restricted: 0 },
  linkedFields: 0,
});

/** Tells of each of these assets, counted in the database. */
export async function tallyFields(
  tx: Tx,
  assets: readonly { id: string }[],
): Promise<(asset: { id: string }) => Tally> {
  const where = { assetId: { in: assets.map(({ id }) => id) } };
  const counts = await tx.dataField.groupBy({
    by: ['assetId', 'classification'],
    where,
    _count: true,
  });
  const linked = await tx.dataField.groupBy({
    by: ['assetId'],
    where: { ...where, links: { some: {} } },
    _count: true,
  });
  return ({ id }) => {
    const tally = emptyTally();
    for (const row of counts) {
      if (row.assetId === id) tally.counts[row.classification as Classification] = row._count;
    }
    tally.linkedFields = linked.find(({ assetId }) => assetId === id)?._count ?? 0;
    return tally;
  };
}

export function linkedFieldsOf({ fields }: AssetRow): number {
  return fields.filter(({ links }) => links.length > 0).length;
}

function tallyOf(row: AssetRow): Tally {
  const tally = { ...emptyTally(), linkedFields: linkedFieldsOf(row) };
  for (const { classification } of row.fields) {
    tally.counts[classification as Classification] += 1;
  }
  return tally;
}

export function viewAsset(
  row: Omit<AssetRow, 'fields'>,
  { counts, linkedFields }: Tally,
  actor: Actor,
): DataAsset {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    kind: row.kind as DataAsset['kind'],
    state: row.state as DataAsset['state'],
    counts,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    can: assetAbilities(actor, { state: row.state, linkedFields }),
  };
}

export function viewAssetDetail(row: AssetRow, actor: Actor): DataAssetDetail {
  return {
    ...viewAsset(row, tallyOf(row), actor),
    fields: row.fields.map((field) => viewField(field, row.state, actor)),
  };
}

export function viewField(row: FieldRow, assetState: string, actor: Actor): DataField {
  return {
    id: row.id,
    name: row.name,
    classification: row.classification as Classification,
    handling: row.handling as Handling,
    note: row.note,
    links: row.links.map(({ actionType, direction, path }) => ({
      actionType: { id: actionType.id, name: actionType.key },
      direction: direction as DataLink['direction'],
      path,
    })),
    updatedAt: row.updatedAt.toISOString(),
    can: fieldAbilities(actor, { assetState, links: row.links.length }),
  };
}

export function viewFieldOfAsset(row: LinkRow['field']): FieldOfAsset {
  const { id, name, asset } = row;
  return {
    ...{ id, name, asset },
    classification: row.classification as Classification,
    handling: row.handling as Handling,
  };
}

export function viewLink({ direction, path, field }: LinkRow): DataLink {
  return {
    direction: direction as DataLink['direction'],
    path,
    field: viewFieldOfAsset(field),
  };
}

/** What an action type counts as, and the link that raised it, if one did. */
export function effectiveOfType(row: { classification: string; data: readonly LinkRow[] }): {
  classification: Classification;
  because: DataLink | null;
} {
  const links = row.data.map((link) => ({
    link: viewLink(link),
    classification: link.field.classification as Classification,
  }));
  const { classification, because } = effectiveOf(row.classification as Classification, links);
  return { classification, because: because?.link ?? null };
}

export function viewTypeData(row: LinkedTypeRow, actor: Actor): ActionTypeData {
  return {
    actionType: {
      id: row.id,
      key: row.key,
      classification: row.classification as Classification,
    },
    ...effectiveOfType(row),
    items: row.data.map(viewLink),
    can: linkAbilities(actor, row),
  };
}

// ---- imports from a database ----

export type ImportRow = Awaited<ReturnType<typeof loadImport>>;

export async function loadImport(tx: Tx, id: string) {
  const row = await tx.dataImport.findUnique({ where: { id }, include: { secret: assetName } });
  if (!row) throw notFound('import');
  return row;
}

/** A secret that may be opened: 422 naming it otherwise. */
export async function assertConnection(tx: Tx, secretId: string) {
  const secret = await tx.secret.findUnique({ where: { id: secretId } });
  if (secret?.state === 'active') return secret;
  throw invalid([{ field: 'secretId', message: 'must be an active secret of the vault' }]);
}

/** The current version of an import's secret with what opens it; undefined when there is none. */
export async function sealedConnection(tx: Tx, { secretId, workspaceId }: ImportRow) {
  const version = await tx.secretVersion.findFirst({
    where: { secretId, state: 'current', secret: { state: 'active' } },
  });
  const workspace = await tx.workspace.findUnique({ where: { id: workspaceId } });
  return version && workspace ? { version, dataKey: workspace.dataKey } : undefined;
}

/** False when it is not running any more; then nothing is written. */
export async function noteImport(
  tx: Tx,
  id: string,
  progress: { done: number; total: number },
): Promise<boolean> {
  const where = { id, state: 'running' };
  return (await tx.dataImport.updateMany({ where, data: progress })).count === 1;
}

interface End {
  state: 'ready' | 'failed' | 'cancelled';
  finishedAt: Date;
  proposal?: readonly ProposedAsset[];
  error?: string;
}

/** Of any number of ends one wins; false for the others. */
export async function endImport(tx: Tx, id: string, { proposal, ...end }: End): Promise<boolean> {
  const data = { ...end, ...(proposal ? { proposal: jsonOf(proposal) } : {}) };
  return (await tx.dataImport.updateMany({ where: { id, state: 'running' }, data })).count === 1;
}

function jsonOf(proposal: readonly ProposedAsset[]): Prisma.InputJsonValue {
  return JSON.parse(JSON.stringify(proposal));
}

export function storedProposal({ proposal }: ImportRow): ProposedAsset[] | null {
  return proposal === null ? null : ProposedAsset.array().parse(proposal);
}
