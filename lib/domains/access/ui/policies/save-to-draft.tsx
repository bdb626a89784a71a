'use client';

import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { ChevronDown } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { Button, Menu, toast } from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { draftsQuery, policyKeys, policyPaths } from '../../policies/queries';
import type { Draft } from '../../policies/schema';

export interface SaveToDraftProps {
  /** What a new draft is called. */
  title: string;
  /** The edit, as the draft's route takes it. */
  edit: Record<string, unknown>;
  disabledReason?: string | null;
  onSaved: () => void;
}

/** Puts a change into a draft, to be tried before it decides anything. */
export function SaveToDraft({ title, edit, disabledReason, onSaved }: SaveToDraftProps) {
  const router = useRouter();
  const client = useQueryClient();
  const drafts = useInfiniteQuery(draftsQuery('open'));
  const save = useMutation({
    mutationFn: async (draft: string | null) => {
      const id = draft ?? (await api.post<Draft>(policyPaths.drafts, { title })).id;
      return api.post<Draft>(policyPaths.edit(id), { edit });
    },
    onSuccess: (draft) => {
      void client.invalidateQueries({ queryKey: policyKeys.all });
      onSaved();
      router.push(`/policies/drafts/${draft.id}`);
    },
    onError: (error) => toast.error(error, 'Not saved to a draft'),
  });
  const open = drafts.data?.pages.flatMap(({ items }) => items).slice(0, 6) ?? [];
  return (
    <Menu
      trigger={
        <Button icon={ChevronDown} loading={save.isPending} disabledReason={disabledReason ?? null}>
          Save to a draft
        </Button>
      }
      items={[
        { label: 'A new draft', onSelect: () => save.mutate(null) },
        ...open.map((draft) => ({
          label: draft.title,
          onSelect: () => save.mutate(draft.id),
        })),
      ]}
    />
  );
}
