'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '@/lib/http/fetcher';
import { approvalKeys } from '../queries';
import type { Approval } from '../schema';

/** Changes what is on the card; the answer replaces it at once. */
export function useChange(approval: Approval) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ path, body }: { path: string; body: unknown }) => api.post<Approval>(path, body),
    onSuccess: (changed) => client.setQueryData(approvalKeys.one(approval.id), changed),
    onSettled: () => client.invalidateQueries({ queryKey: approvalKeys.all }),
  });
}

/** What a change does to the signatures that there are; undefined when there are none. */
export function voidsWords(approval: Approval): string | undefined {
  const given = approval.signatures.filter((one) => one.counts && one.decision === 'approved');
  if (given.length === 0) return undefined;
  return given.length === 1
    ? '1 signature will have to be given again.'
    : `${given.length} signatures will have to be given again.`;
}
