'use client';

import { useQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useState } from 'react';
import { Button } from '@/components/ui';
import { ExportDialog } from '../export/ui/export-dialog';
import { checkpointQuery, type UrlFilters } from '../queries';

/** Takes away what the filters on the page match; that is itself an event. */
export function ExportMenu({ filters }: { filters: UrlFilters }) {
  const can = useQuery(checkpointQuery()).data?.can.export;
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button icon={Download} {...(can ? { can } : {})} onClick={() => setOpen(true)}>
        Export
      </Button>
      {open ? <ExportDialog filters={filters} open onOpenChange={setOpen} /> : null}
    </>
  );
}
