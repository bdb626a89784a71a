'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { FormError, Notice, Progress, SkeletonText } from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { classificationKeys, classificationPaths } from '../queries';
import type { DataImport } from '../schema';

export interface ImportProgressProps {
  /** Undefined until it is loaded. */
  data: DataImport | undefined;
  error: unknown;
}

/** How far a database has been looked into, or why it could not be. */
export function ImportProgress({ data, error }: ImportProgressProps) {
  const client = useQueryClient();
  const cancel = useMutation({
    mutationFn: (id: string) => api.post<DataImport>(classificationPaths.cancelImport(id)),
    onSuccess: (saved) => client.setQueryData(classificationKeys.import(saved.id), saved),
  });
  if (!data) return error ? <FormError error={error} /> : <SkeletonText lines={2} />;
  const { state, secret, done, total, can } = data;
  if (state === 'failed') {
    return (
      <div role="alert">
        <Notice tone="deny" title={`${secret.name} could not be read`}>
          {data.error}
        </Notice>
      </div>
    );
  }
  if (state !== 'running') return <Notice>It was cancelled. Nothing was stored.</Notice>;
  return (
    <div className="grid gap-3">
      <Progress
        label={`Looking into ${secret.name}`}
        value={done}
        max={Math.max(1, total)}
        indeterminate={total === 0}
        detail={total === 0 ? 'connecting' : `${done} of ${total} tables`}
        {...(can.cancel.allowed ? { onCancel: () => cancel.mutate(data.id) } : {})}
      />
      <p className="note">It goes on without you; this address shows it again.</p>
      <FormError error={cancel.error} />
    </div>
  );
}
