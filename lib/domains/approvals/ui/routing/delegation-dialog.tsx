'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useCallback, useId, useState } from 'react';
import {
  Button,
  type Can,
  Combobox,
  Dialog,
  Field,
  fieldErrors,
  Form,
  FormError,
  Input,
  Textarea,
  toast,
} from '@/components/ui';
import { searchApprovers, useActor } from '@/lib/domains/workspaces';
import { api } from '@/lib/http/fetcher';
import { approvalKeys } from '../../queries';
import { routingPaths } from '../../routing/queries';
import type { Delegation } from '../../schema';
import { bodyOf, type DelegationDraft, emptyDelegation, faultsOf } from './delegation-draft';

interface DelegationDialogProps {
  can: { create: Can; create_for_others: Can };
  onClose: () => void;
}

/** Gives a place to another approver, with an end. */
export function DelegationDialog({ can, onClose }: DelegationDialogProps) {
  const form = useId();
  const client = useQueryClient();
  const actor = useActor();
  const [draft, setDraft] = useState(emptyDelegation);
  const [faults, setFaults] = useState<Record<string, string>>({});
  const change = (patch: Partial<DelegationDraft>) => setDraft((was) => ({ ...was, ...patch }));
  const own = can.create.allowed;
  const whose = draft.from || (own ? actor?.id : '');
  const others = useCallback(
    async (q: string) => (await searchApprovers(q)).filter(({ value }) => value !== whose),
    [whose],
  );
  const save = useMutation({
    mutationFn: () => api.post<Delegation>(routingPaths.delegations, bodyOf(draft)),
    onSuccess: ({ from, to }) => {
      toast.good('Place given away', `${to.name} stands in for ${from.name}.`);
      onClose();
      return client.invalidateQueries({ queryKey: approvalKeys.all });
    },
  });
  const submit = () => {
    const found = faultsOf(draft);
    const nobodys = !own && draft.from === '' ? { from: 'choose whose place it is' } : undefined;
    setFaults({ ...found, ...nobodys });
    if (!found && !nobodys) save.mutate();
  };
  const errors = { ...fieldErrors(save.error), ...faults };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={own ? 'Give my place away' : 'Give a place away'}
      description="Until it ends they sign in this place what they may not sign in their own. Nobody gets around who is kept from deciding."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={form} variant="primary" loading={save.isPending}>
            Give it away
          </Button>
        </>
      }
    >
      <Form id={form} onSubmit={submit}>
        <FormError error={save.error} />
        {can.create_for_others.allowed ? (
          <Field
            label="Whose place"
            required={!own}
            optional={own}
            error={errors['from']}
            hint="As an admin you may do it for someone who is away already."
          >
            {({ id, invalid }) => (
              <Combobox
                id={id}
                invalid={invalid}
                value={draft.from}
                onValueChange={(from) => change({ from })}
                load={searchApprovers}
                placeholder={own ? 'my own' : 'Choose an approver…'}
                emptyText="No approver has this name."
              />
            )}
          </Field>
        ) : null}
        <Field label="To" required error={errors['to']}>
          {({ id, invalid }) => (
            <Combobox
              id={id}
              invalid={invalid}
              value={draft.to}
              onValueChange={(to) => change({ to })}
              load={others}
              placeholder="Choose an approver…"
              emptyText="No other approver has this name."
            />
          )}
        </Field>
        <div className="grid gap-3 wide:grid-cols-2">
          <Field label="From" optional hint="Now, when left out." error={errors['starts_at']}>
            <Input
              type="datetime-local"
              value={draft.starts}
              onChange={(event) => change({ starts: event.target.value })}
            />
          </Field>
          <Field label="Until" required hint="At most 90 days." error={errors['ends_at']}>
            <Input
              type="datetime-local"
              value={draft.ends}
              onChange={(event) => change({ ends: event.target.value })}
            />
          </Field>
        </div>
        <Field label="Why" optional error={errors['reason']}>
          <Textarea
            rows={2}
            value={draft.reason}
            onChange={(event) => change({ reason: event.target.value })}
          />
        </Field>
      </Form>
    </Dialog>
  );
}
