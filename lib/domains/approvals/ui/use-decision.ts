'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { toast } from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { approvalKeys, approvalPaths, type DecisionVerb } from '../queries';
import type { Approval } from '../schema';
import { signedWords } from './signature-words';

/** Approves, rejects or breaks the glass, bound to what is on screen; the answer replaces the card at once. */
export function useDecision(approval: Approval) {
  const client = useQueryClient();
  const decide = useMutation({
    mutationFn: (given: { verb: DecisionVerb; reason: string }) =>
      api.post<Approval>(approvalPaths.decide(approval.id, given.verb), {
        display_digest: approval.display_digest,
        reason: given.reason,
      }),
    onSuccess: (decided) => {
      client.setQueryData(approvalKeys.one(approval.id), decided);
      toast.good(
        signedWords(decided),
        approval.display.narrowed?.sentence ?? approval.display.sentence,
      );
    },
    onSettled: () => client.invalidateQueries({ queryKey: approvalKeys.all }),
  });
  return decide;
}
