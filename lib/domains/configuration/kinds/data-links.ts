import { setActionTypeData } from '@/lib/domains/classification/server';
import { fileNameOf } from '../names';
import type { Path } from '../text';
import { type Documents, same, sorted, type Work } from './kind';

/** As much of a data asset's document as says what is linked. */
interface Linked {
  fields: {
    name: string;
    links: { actionType: string; direction: string; path: string }[];
  }[];
}

interface Wanted {
  direction: string;
  path: string;
  fieldId: string;
  /** Where the file says so. */
  file: string;
  at: Path;
}

/**
 * Links each active action type to what the data assets say of it. They stand with the fields in
 * the files, and are set an action type at a time.
 */
export async function applyLinks(
  { deed, attempt }: Work,
  assets: Documents<Linked>,
): Promise<void> {
  const rows = await deed.tx.dataField.findMany({ include: { asset: { select: { name: true } } } });
  const fieldIds = new Map(rows.map((row) => [`${row.asset.name}\n${row.name}`, row.id]));
  const wanted = new Map<string, Wanted[]>();
  for (const [name, { fields }] of assets) {
    for (const [at, field] of fields.entries()) {
      const fieldId = fieldIds.get(`${name}\n${field.name}`);
      // A field that could not be made is told of already.
      if (fieldId === undefined) continue;
      for (const [index, { actionType, direction, path }] of field.links.entries()) {
        const place = { file: fileOf(name), at: ['fields', at, 'links', index] };
        const list = wanted.get(actionType) ?? [];
        wanted.set(actionType, [...list, { direction, path, fieldId, ...place }]);
      }
    }
  }
  const types = await deed.tx.actionType.findMany({
    where: { state: 'active' },
    include: { data: true },
  });
  for (const type of types) {
    const links = wanted.get(type.key) ?? [];
    if (same(keys(links), keys(type.data))) continue;
    await attempt(
      links[0]?.file ?? `action-types/${fileNameOf(type.key)}.json`,
      () =>
        setActionTypeData.within(deed, {
          id: type.id,
          links: links.map(({ direction, path, fieldId }) => ({ direction, path, fieldId })),
        }),
      ([, index, ...rest]) => {
        const link = links[Number(index)];
        return link ? { file: link.file, path: [...link.at, ...rest] } : [];
      },
    );
  }
}

function keys(links: readonly { direction: string; path: string; fieldId: string }[]): string[] {
  return sorted(
    links.map(({ direction, path, fieldId }) => `${direction} ${path} ${fieldId}`),
    (key) => key,
  );
}

function fileOf(asset: string): string {
  return `data-assets/${fileNameOf(asset)}.json`;
}
