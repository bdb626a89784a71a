'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Download, RotateCw, X } from 'lucide-react';
import { type StatusLook, StatusPill } from '@/components/data';
import { formatNumber, plural, shortId } from '@/components/format';
import { Button, CopyId, FormError, Notice, Progress, TimeAgo, Until } from '@/components/ui';
import { cancelExport, createExport, exportKeys, exportPaths, isUnfinished } from '../queries';
import type { ExportState, ExportView } from '../schema';
import { filterWords, formatBytes, formats, startDownload } from './words';

const states: Record<ExportState, StatusLook> = {
  waiting: { tone: 'neutral', label: 'Waiting' },
  running: { tone: 'accent', label: 'Being made' },
  ready: { tone: 'allow', label: 'Ready' },
  failed: { tone: 'deny', label: 'Failed' },
  cancelled: { tone: 'neutral', label: 'Cancelled' },
  expired: { tone: 'neutral', label: 'Expired' },
};

interface Part {
  item: ExportView;
  nameOf: (id: string) => string | undefined;
}

/** One export: what it is of, how far it is, and what can be done with it. */
export function ExportItem({ item, nameOf }: Part) {
  const chosen = filterWords(item.filters, nameOf);
  const what = chosen.map(({ label, value }) => `${label}: ${value}`).join(' · ');
  return (
    <li className="grid gap-2.5 border-t border-line px-3.5 py-3 first:border-t-0">
      <div className="flex flex-wrap items-start gap-x-3 gap-y-2">
        <div className="grid min-w-0 flex-1 gap-0.5">
          <div className="flex flex-wrap items-center gap-2">
            <h2 className="font-medium">{formats[item.format].label}</h2>
            <StatusPill value={item.state} map={states} />
          </div>
          <p className="[overflow-wrap:anywhere] text-text-2">{what || 'The whole log'}</p>
          <Facts item={item} nameOf={nameOf} />
        </div>
        <Actions item={item} />
      </div>
      {isUnfinished(item) ? <Made item={item} /> : null}
      {item.error ? (
        <Notice tone="deny" title="It could not be made">
          {item.error}
        </Notice>
      ) : null}
    </li>
  );
}

function Facts({ item, nameOf }: Part) {
  return (
    <div className="note flex flex-wrap items-center gap-x-3 gap-y-0.5">
      <span>
        Asked for <TimeAgo at={item.created_at} /> by{' '}
        {nameOf(item.created_by) ?? shortId(item.created_by)}
      </span>
      {item.state === 'ready' ? (
        <>
          <span className="num">
            {plural(item.rows.done, 'event')}, {formatBytes(item.bytes)}
          </span>
          <span>
            Deleted: <Until at={item.expires_at} />
          </span>
        </>
      ) : null}
      {item.sha256 ? <CopyId id={item.sha256} label="SHA-256" /> : null}
    </div>
  );
}

function Made({ item: { state, rows, bytes } }: { item: ExportView }) {
  const { done, total } = rows;
  const known = state === 'running' && total !== null;
  return (
    <Progress
      label={state === 'waiting' ? 'Waiting for a job' : 'Being made'}
      value={done}
      max={total ?? 0}
      indeterminate={!known}
      detail={
        known
          ? `${formatNumber(done)} of ${plural(total, 'event')}, ${formatBytes(bytes)}`
          : undefined
      }
    />
  );
}

function Actions({ item }: { item: ExportView }) {
  const client = useQueryClient();
  const refresh = () => client.invalidateQueries({ queryKey: exportKeys.all });
  const cancel = useMutation({ mutationFn: () => cancelExport(item.id), onSettled: refresh });
  const again = useMutation({
    mutationFn: () => createExport(item.format, item.filters),
    onSuccess: refresh,
  });
  return (
    <div className="grid justify-items-end gap-1.5">
      <div className="flex flex-wrap gap-2">
        {isUnfinished(item) ? (
          <Button
            size="sm"
            icon={X}
            can={item.can.cancel}
            loading={cancel.isPending}
            onClick={() => cancel.mutate()}
          >
            Cancel
          </Button>
        ) : null}
        {item.state === 'ready' || isUnfinished(item) ? (
          <Button
            size="sm"
            icon={Download}
            can={item.can.download}
            onClick={() => startDownload(exportPaths.file(item.id))}
          >
            Download
          </Button>
        ) : (
          <Button
            size="sm"
            icon={RotateCw}
            loading={again.isPending}
            onClick={() => again.mutate()}
          >
            Start again
          </Button>
        )}
      </div>
      <FormError error={cancel.error ?? again.error} />
    </div>
  );
}
