'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { toast } from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { approvalKeys, approvalPaths } from '../queries';
import type { Approval } from '../schema';

/** Approves or rejects, bound to what is on screen; the answer replaces the card at once. */
export function useDecision(approval: Approval) {
  const client = useQueryClient();
  const decide = useMutation({
    mutationFn: (given: { verb: 'approve' | 'reject'; reason: string }) =>
      api.post<Approval>(approvalPaths.decide(approval.id, given.verb), {
        display_digest: approval.display_digest,
        reason: given.reason,
      }),
    onSuccess: (decided, { verb }) => {
      client.setQueryData(approvalKeys.one(approval.id), decided);
      toast.good(
        verb === 'approve' ? 'Approved' : 'Rejected',
        approval.display.narrowed?.sentence ?? approval.display.sentence,
      );
    },
    onSettled: () => client.invalidateQueries({ queryKey: approvalKeys.all }),
  });
  return decide;
}
