import { formatNumber, plural } from '@/components/format';
import { Classification, type Column, StatusPill } from '@/components/data';
import { TimeAgo } from '@/components/ui';
import { classifications } from '../levels';
import type { DataAsset } from '../schema';
import { kindWord } from './words';

const total = (asset: DataAsset) =>
  classifications.reduce((all, level) => all + asset.counts[level], 0);

const highest = (asset: DataAsset) => classifications.findLast((level) => asset.counts[level] > 0);

export const assetColumns: Column<DataAsset>[] = [
  {
    id: 'name',
    header: 'Data asset',
    fixed: true,
    phone: 'title',
    sortable: true,
    sortValue: (asset) => asset.name,
    cell: (asset) => (
      <>
        <span className="font-medium">{asset.name}</span>
        <span className="note ml-2.5 max-wide:hidden">{asset.description}</span>
      </>
    ),
  },
  {
    id: 'kind',
    header: 'Kind',
    width: '110px',
    sortable: true,
    sortValue: (asset) => asset.kind,
    cell: (asset) => kindWord(asset.kind),
  },
  {
    id: 'highest',
    header: 'Highest',
    width: '135px',
    sortable: true,
    sortValue: (asset) => classifications.findLastIndex((level) => asset.counts[level] > 0),
    cell: (asset) => {
      const level = highest(asset);
      return level ? (
        <Classification value={level} />
      ) : (
        <span className="text-text-3">no fields</span>
      );
    },
  },
  ...classifications.map((level): Column<DataAsset> => ({
    id: level,
    header: level,
    align: 'right',
    width: '112px',
    phone: 'hide',
    sortable: true,
    sortValue: (asset) => asset.counts[level],
    cell: (asset) =>
      asset.counts[level] ? (
        formatNumber(asset.counts[level])
      ) : (
        <span className="text-text-3">0</span>
      ),
  })),
  {
    id: 'fields',
    header: 'Fields',
    align: 'right',
    width: '90px',
    phone: 'line',
    sortable: true,
    sortValue: total,
    cell: (asset) => formatNumber(total(asset)),
  },
  {
    id: 'state',
    header: 'State',
    width: '110px',
    phone: 'aside',
    cell: (asset) => <StatusPill value={asset.state} />,
  },
  {
    id: 'updated',
    header: 'Changed',
    width: '120px',
    hidden: true,
    phone: 'hide',
    cell: (asset) => <TimeAgo at={asset.updatedAt} />,
  },
];

/** "3 Restricted, 12 Internal": what a data asset holds, the highest first. */
export function countsSentence(asset: DataAsset): string {
  const parts = classifications
    .toReversed()
    .flatMap((level) =>
      asset.counts[level] ? [`${formatNumber(asset.counts[level])} ${level}`] : [],
    );
  return parts.length > 0 ? parts.join(', ') : plural(0, 'field');
}
