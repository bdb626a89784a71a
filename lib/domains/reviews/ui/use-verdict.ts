'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { toast } from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { reviewKeys, reviewPaths } from '../queries';
import type { Sample, Verdict } from '../schema';

/** Gives a verdict; the answer replaces the card at once. */
export function useVerdict(sample: Sample) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (given: { verdict: Verdict; note: string }) =>
      api.post<Sample>(reviewPaths.verdict(sample.id), given),
    onSuccess: (reviewed) => {
      client.setQueryData(reviewKeys.one(sample.id), reviewed);
      toast.good(`Marked ${reviewed.verdict}`, reviewed.action.summary);
    },
    onSettled: () => client.invalidateQueries({ queryKey: reviewKeys.all }),
  });
}
