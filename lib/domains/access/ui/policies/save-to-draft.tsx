'use client';

import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { ChevronDown } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { Button, type Can, Menu, toast } from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { draftsQuery, policyKeys, policyPaths } from '../../policies/queries';
import type { Draft } from '../../policies/schema';
import { atFormFields, refusalOf } from './form-edit';

export interface SaveToDraftProps {
  /** What a new draft is called. */
  title: string;
  /** The edit, as the draft's route takes it. */
  edit: Record<string, unknown>;
  disabledReason?: string | null;
  onSaved: () => void;
  onRefused: (error: unknown) => void;
}

/** Puts a change into a draft, to be tried before it decides anything. */
export function SaveToDraft({ title, edit, ...menu }: SaveToDraftProps) {
  return <DraftMenu {...menu} label="Save to a draft" save={(draft) => put(edit, title, draft)} />;
}

async function put(edit: SaveToDraftProps['edit'], title: string, draft: string | null) {
  const refusal = refusalOf(edit);
  if (refusal) throw refusal;
  const id = draft ?? (await api.post<Draft>(policyPaths.drafts, { title })).id;
  try {
    return await api.post<Draft>(policyPaths.edit(id), { edit });
  } catch (error) {
    // Begun for this alone, it would stay behind empty. What is told is why.
    if (draft === null) await api.post(policyPaths.discard(id)).catch(() => undefined);
    throw atFormFields(error);
  }
}

export interface DraftMenuProps {
  label: string;
  /** Into an open draft, or into a new one. */
  save: (draft: string | null) => Promise<Draft>;
  size?: 'sm' | 'md';
  can?: Can | undefined;
  disabledReason?: string | null;
  onSaved?: () => void;
  /** Told what was refused, for a form to show; null as it is tried again. A message says it without one. */
  onRefused?: (error: unknown) => void;
}

/** Asks into which draft, and opens it. */
export function DraftMenu(props: DraftMenuProps) {
  const { label, save, onSaved, onRefused, disabledReason, ...button } = props;
  const router = useRouter();
  const client = useQueryClient();
  const drafts = useInfiniteQuery(draftsQuery('open'));
  const saving = useMutation({
    mutationFn: save,
    onMutate: () => onRefused?.(null),
    onSuccess: (draft) => {
      void client.invalidateQueries({ queryKey: policyKeys.all });
      onSaved?.();
      router.push(`/policies/drafts/${draft.id}`);
    },
    onError: (error) => (onRefused ? onRefused(error) : toast.error(error, 'Not saved to a draft')),
  });
  const open = drafts.data?.pages.flatMap(({ items }) => items).slice(0, 6) ?? [];
  return (
    <Menu
      trigger={
        <Button
          {...button}
          icon={ChevronDown}
          loading={saving.isPending}
          disabledReason={disabledReason ?? null}
        >
          {label}
        </Button>
      }
      items={[
        { label: 'A new draft', onSelect: () => saving.mutate(null) },
        ...open.map((draft) => ({
          label: draft.title,
          onSelect: () => saving.mutate(draft.id),
        })),
      ]}
    />
  );
}
