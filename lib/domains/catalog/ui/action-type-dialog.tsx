'use client';

import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useId, useMemo, useState } from 'react';
import { Button, Dialog, fieldErrors, Form, FormError, toast } from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { catalogKeys, catalogPaths, toolsQuery } from '../queries';
import type { ActionType } from '../schema';
import { bodyOf, draftOf, parseSchema } from './action-type-draft';
import { ActionTypeFields } from './action-type-form';

export interface ActionTypeDialogProps {
  type?: ActionType;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** Adds an action type, or changes one. */
export function ActionTypeDialog({ type, open, onOpenChange }: ActionTypeDialogProps) {
  const form = useId();
  const router = useRouter();
  const client = useQueryClient();
  const tools = useInfiniteQuery({ ...toolsQuery({ state: 'active' }), enabled: open });
  const [draft, setDraft] = useState(() => draftOf(type));
  const parsed = useMemo(() => parseSchema(draft.parameters), [draft.parameters]);
  const save = useMutation({
    mutationFn: () => {
      const body = bodyOf(draft, parsed.schema, type === undefined);
      return type
        ? api.patch<ActionType>(catalogPaths.actionType(type.id), body)
        : api.post<ActionType>(catalogPaths.actionTypes, body);
    },
    onSuccess: (saved) => {
      client.setQueryData(catalogKeys.actionType(saved.id), saved);
      void client.invalidateQueries({ queryKey: catalogKeys.all });
      onOpenChange(false);
      toast.good(type ? 'Saved' : 'Action type added', saved.key);
      if (!type) router.push(`/catalog/${saved.id}`);
    },
  });
  return (
    <Dialog
      open={open}
      size="lg"
      onOpenChange={(next) => {
        if (!next) save.reset();
        onOpenChange(next);
      }}
      title={type ? `Edit ${type.key}` : 'New action type'}
      {...(type
        ? { description: 'A change holds from the next action. Held actions keep what was shown.' }
        : {})}
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>Cancel</Button>
          <Button
            type="submit"
            form={form}
            variant="primary"
            loading={save.isPending}
            disabledReason={parsed.error ? 'The parameters are not JSON yet.' : null}
          >
            {type ? 'Save' : 'Add action type'}
          </Button>
        </>
      }
    >
      <Form id={form} onSubmit={() => parsed.error === null && save.mutate()}>
        <FormError error={save.error} />
        <ActionTypeFields
          draft={draft}
          parsed={parsed}
          onChange={(patch) => setDraft((was) => ({ ...was, ...patch }))}
          errors={fieldErrors(save.error)}
          tools={tools.data?.pages.flatMap((page) => page.items) ?? (type ? [type.tool] : [])}
          isNew={type === undefined}
        />
      </Form>
    </Dialog>
  );
}
