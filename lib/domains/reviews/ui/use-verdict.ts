'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { toast } from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { reviewKeys, reviewPaths } from '../queries';
import type { ReasonCode, Sample, Verdict } from '../schema';

/** Gives a verdict; the answer replaces the card at once. */
export function useVerdict(sample: Sample) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (given: { verdict: Verdict; reason?: ReasonCode; note: string }) =>
      api.post<Sample>(reviewPaths.verdict(sample.id), given),
    onSuccess: (reviewed) => {
      client.setQueryData(reviewKeys.one(sample.id), reviewed);
      const words = reviewed.verdict
        ? `Marked ${reviewed.verdict}`
        : 'Your review is in; another follows';
      toast.good(words, reviewed.action.summary);
    },
    onSettled: () => client.invalidateQueries({ queryKey: reviewKeys.all }),
  });
}
