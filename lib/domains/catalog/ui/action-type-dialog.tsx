'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useId, useMemo, useState } from 'react';
import { Button, Dialog, fieldErrors, Form, FormError, toast } from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { catalogKeys, catalogPaths } from '../queries';
import type { ActionType } from '../schema';
import { bodyOf, changesOf, draftOf, parseSchema } from './action-type-draft';
import { ActionTypeFields } from './action-type-form';

export interface ActionTypeDialogProps {
  type?: ActionType;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** Adds an action type, or changes one; each time it opens it begins anew. */
export function ActionTypeDialog(props: ActionTypeDialogProps) {
  return props.open ? <OpenDialog {...props} /> : null;
}

function OpenDialog({ type, onOpenChange }: ActionTypeDialogProps) {
  const form = useId();
  const router = useRouter();
  const client = useQueryClient();
  const [began] = useState(() => draftOf(type));
  const [draft, setDraft] = useState(began);
  const parsed = useMemo(() => parseSchema(draft.parameters), [draft.parameters]);
  const save = useMutation({
    mutationFn: () =>
      type
        ? api.patch<ActionType>(catalogPaths.actionType(type.id), changesOf(began, draft))
        : api.post<ActionType>(catalogPaths.actionTypes, bodyOf(draft, parsed.schema, true)),
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
      open
      size="lg"
      onOpenChange={onOpenChange}
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
          tool={type?.tool.name ?? ''}
          isNew={type === undefined}
        />
      </Form>
    </Dialog>
  );
}
