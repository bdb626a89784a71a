'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { plural } from '@/components/format';
import { toast } from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { accessKeys } from '../../queries';
import { campaignKeys, campaignPaths } from '../queries';
import type { Decided, Item } from '../schema';

/** As many as one request takes. */
const AT_ONCE = 200;

interface Given {
  items: readonly Item[];
  decision: 'confirm' | 'remove';
  reason: string;
}

/** Decides one item or many, and says what came of it. */
export function useDecide(campaign: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ items, decision, reason }: Given) => {
      const all: Decided = { decided: [], refused: [] };
      for (let at = 0; at < items.length; at += AT_ONCE) {
        const ids = items.slice(at, at + AT_ONCE).map(({ id }) => id);
        const body = { items: ids, decision, reason };
        const answer = await api.post<Decided>(campaignPaths.decideMany(campaign), body);
        all.decided.push(...answer.decided);
        all.refused.push(...answer.refused);
      }
      return all;
    },
    onSuccess: ({ decided, refused }, { decision }) => {
      const words = decision === 'confirm' ? 'confirmed' : 'removed';
      toast.good(`${plural(decided.length, 'item')} ${words}`);
      const [first] = refused;
      if (first) {
        toast({
          ...{ title: `${plural(refused.length, 'item')} left as before`, tone: 'hold' as const },
          description: first.reason,
        });
      }
    },
    // A removal's dialog says itself what went wrong, and keeps the reason.
    onError: (error, { decision }) => decision === 'confirm' && toast.error(error),
    onSettled: async (_, __, { decision }) => {
      await client.invalidateQueries({ queryKey: campaignKeys.all });
      if (decision === 'remove') await client.invalidateQueries({ queryKey: accessKeys.all });
    },
  });
}
