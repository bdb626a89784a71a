'use client';

import { useQuery } from '@tanstack/react-query';
import { type Column, DataTable } from '@/components/data';
import { formatNumber } from '@/components/format';
import { EmptyState, Panel, QueryView, TimeAgo } from '@/components/ui';
import type { AnchorsView } from '../../anchors/schema';
import { anchorsQuery } from '../queries';

type Anchor = AnchorsView['items'][number];

const places: Record<Anchor['place'], string> = {
  folder: 'Folder',
  bucket: 'Bucket with object lock',
  witness: 'Witness that cosigns',
};

const columns: Column<Anchor>[] = [
  {
    id: 'place',
    header: 'Place',
    fixed: true,
    phone: 'title',
    cell: (row) => <span className="font-medium">{places[row.place]}</span>,
  },
  {
    id: 'size',
    header: 'Events',
    align: 'right',
    width: '130px',
    cell: (row) => <span className="num">{formatNumber(row.size)}</span>,
  },
  {
    id: 'at',
    header: 'Last kept',
    width: '150px',
    cell: (row) => <TimeAgo at={row.written_at} empty="never" />,
  },
  {
    id: 'error',
    header: 'Trouble',
    width: '40%',
    cell: (row) =>
      row.error ? (
        <span className="text-deny">
          {row.error} Since <TimeAgo at={row.failing_since} />.
        </span>
      ) : (
        <span className="text-text-3">none</span>
      ),
  },
];

/** Where checkpoints are out of reach of whoever runs the database. */
export function AnchorsPanel() {
  const query = useQuery(anchorsQuery());
  return (
    <Panel
      title="Kept outside the database"
      note="A database restored to an earlier state, with its checkpoints, would not match these"
      padded={false}
    >
      <QueryView query={query}>
        {(anchors) => (
          <DataTable<Anchor>
            id="trail-anchors"
            label="Places that keep checkpoints"
            columns={columns}
            rows={anchors}
            rowKey={(row) => row.place}
            shortcuts={false}
            empty={
              <EmptyState compact title="No place is configured">
                Set TRAIL_ANCHOR_DIR, TRAIL_ANCHOR_S3_ENDPOINT or TRAIL_WITNESS_URL.
              </EmptyState>
            }
          />
        )}
      </QueryView>
    </Panel>
  );
}
