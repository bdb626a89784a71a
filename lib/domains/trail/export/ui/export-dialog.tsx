'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Download, FileClock } from 'lucide-react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { formatNumber } from '@/components/format';
import { Button, Dialog, FormError, KeyValue, RadioGroup } from '@/components/ui';
import { checkpointQuery, countQuery, type UrlFilters } from '../../queries';
import { countWords } from '../../ui/count-words';
import { useNames } from '../../ui/use-names';
import { createExport, exportKeys, exportPaths } from '../queries';
import { exportFormats, type ExportFormat } from '../schema';
import { filterWords, formats, startDownload } from './words';

/** Beyond these a download would keep the page's reader waiting for long. */
const LARGE = 100_000;

/** What matches, in which format, at once or as a file that a job makes. */
export function ExportDialog({
  filters,
  open,
  onOpenChange,
}: {
  filters: UrlFilters;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}) {
  const { nameOf } = useNames();
  const chosen = filterWords(filters, nameOf);
  const [format, setFormat] = useState<ExportFormat>('ndjson');
  const { words, large } = useAmount(filters, chosen.length === 0);
  const prepare = usePrepare(() => onOpenChange(false));
  const close = () => {
    startDownload(exportPaths.stream(format, filters));
    onOpenChange(false);
  };
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Export the trail"
      description="What is taken away, and by whom, is recorded in the trail itself."
      footer={
        <>
          <Link
            href={exportPaths.page}
            className="mr-auto inline-flex min-h-6 items-center text-accent hover:underline"
          >
            Prepared files
          </Link>
          <Button
            icon={FileClock}
            variant={large ? 'primary' : 'default'}
            loading={prepare.isPending}
            onClick={() => prepare.mutate({ format, filters })}
          >
            Prepare as a file
          </Button>
          <Button icon={Download} variant={large ? 'default' : 'primary'} onClick={close}>
            Download now
          </Button>
        </>
      }
    >
      <div className="grid gap-4">
        <FormError error={prepare.error} />
        <KeyValue
          items={[
            { label: 'Events', value: <span className="num">{words}</span> },
            ...(chosen.length > 0 ? chosen : [{ label: 'Filters', value: 'None: the whole log' }]),
          ]}
        />
        <RadioGroup
          label="Format"
          value={format}
          onValueChange={(value) => setFormat(value as ExportFormat)}
          options={exportFormats.map((value) => ({ value, ...formats[value] }))}
        />
        {format === 'ndjson' ? (
          <p className="note">
            Whoever has the file verifies it with{' '}
            <a href="/verify.html" target="_blank" className="text-accent underline">
              one page
            </a>{' '}
            that needs no network, or with <span className="mono">npx countersign verify</span>.
          </p>
        ) : null}
        {large ? (
          <p className="note">
            So many are better prepared as a file: it goes on without this page, and a download that
            breaks off can be resumed.
          </p>
        ) : null}
      </div>
    </Dialog>
  );
}

/** How many match; exactly so for the whole log, whose size is signed. */
function useAmount(filters: UrlFilters, whole: boolean): { words: string; large: boolean } {
  const found = useQuery(countQuery(filters)).data;
  const size = useQuery(checkpointQuery()).data?.checkpoint?.size;
  if (whole && size !== undefined) {
    return {
      words: `${formatNumber(size)} ${size === 1 ? 'event' : 'events'}`,
      large: size > LARGE,
    };
  }
  // Counting stops early where many match.
  const large = found !== undefined && (found.count > LARGE || found.capped);
  return { words: countWords(found), large };
}

function usePrepare(done: () => void) {
  const client = useQueryClient();
  const router = useRouter();
  return useMutation({
    mutationFn: ({ format, filters }: { format: ExportFormat; filters: UrlFilters }) =>
      createExport(format, filters),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: exportKeys.all });
      done();
      router.push(exportPaths.page);
    },
  });
}
