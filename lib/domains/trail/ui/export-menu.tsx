'use client';

import { useQuery } from '@tanstack/react-query';
import { Download, FileJson, Sheet } from 'lucide-react';
import { formatNumber } from '@/components/format';
import { Button, Menu } from '@/components/ui';
import { checkpointQuery, countQuery, trailPaths, type UrlFilters } from '../queries';
import type { CountView } from '../schema';

/** "1,284 events", "more than 10,000 events" */
export function countWords(found: CountView | undefined): string {
  if (!found) return '…';
  if (found.capped) return `more than ${formatNumber(found.count)} events`;
  return `${formatNumber(found.count)} ${found.count === 1 ? 'event' : 'events'}`;
}

/** Takes away what the filters on the page match; the download is itself an event. */
export function ExportMenu({ filters }: { filters: UrlFilters }) {
  const can = useQuery(checkpointQuery()).data?.can.export;
  const found = useQuery(countQuery(filters)).data;
  const button = (
    <Button icon={Download} {...(can ? { can } : {})}>
      Export
    </Button>
  );
  if (can?.allowed === false) return button;
  const download = (format: 'ndjson' | 'csv') => {
    const link = document.createElement('a');
    link.href = trailPaths.export(format, filters);
    // The server names the file.
    link.download = '';
    link.click();
  };
  const words = countWords(found);
  return (
    <Menu
      trigger={button}
      items={[
        {
          label: `${words} as NDJSON, with the bytes that are hashed`,
          icon: FileJson,
          onSelect: () => download('ndjson'),
        },
        {
          label: `${words} as CSV, for a spreadsheet`,
          icon: Sheet,
          onSelect: () => download('csv'),
        },
      ]}
    />
  );
}
