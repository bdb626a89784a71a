'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { useLooked } from '@/components/hooks';
import {
  Button,
  type Can,
  Dialog,
  Field,
  fieldErrors,
  Form,
  FormError,
  Input,
  MultiCombobox,
  SavedMeanwhile,
  Textarea,
  toast,
} from '@/components/ui';
import { searchApprovers } from '@/lib/domains/workspaces';
import { api } from '@/lib/http/fetcher';
import { changed } from '@/lib/kernel/defined';
import { approvalKeys } from '../../queries';
import { routingPaths } from '../../routing/queries';
import { type ApproverGroup, CreateGroup } from '../../schema';
import { faultsByField } from './issues';

interface GroupDialogProps {
  /** The group to change; a new one without. */
  group?: ApproverGroup;
  can: Can;
  onClose: () => void;
}

const draftOf = (group: ApproverGroup | undefined) => ({
  name: group?.name ?? '',
  description: group?.description ?? '',
  members: group?.members.map(({ id }) => id) ?? [],
});

/** The same as it is read. */
const wordsOf = (group: ApproverGroup | undefined) =>
  group && { ...draftOf(group), members: group.members.map(({ name }) => name).join(', ') };

/** Makes a group, or says anew who is in it. */
export function GroupDialog({ group, can, onClose }: GroupDialogProps) {
  const form = useId();
  const client = useQueryClient();
  const { at, began, draft, change, ...looked } = useLooked(group, draftOf);
  const [faults, setFaults] = useState<Record<string, string>>({});
  const save = useMutation({
    mutationFn: () =>
      group
        ? api.patch<ApproverGroup>(routingPaths.group(group.id), {
            ...changed(began, draft),
            digest: at?.digest,
          })
        : api.post<ApproverGroup>(routingPaths.groups, draft),
    onSuccess: ({ name }) => {
      toast.good(group ? 'Group saved' : 'Group made', name);
      onClose();
      return client.invalidateQueries({ queryKey: approvalKeys.all });
    },
    // It may be what it was when this opened no longer.
    onError: () => client.invalidateQueries({ queryKey: approvalKeys.all }),
  });
  const submit = () => {
    const parsed = CreateGroup.safeParse(draft);
    setFaults(parsed.success ? {} : faultsByField(parsed.error));
    if (parsed.success) save.mutate();
  };
  const known = [...(at?.members ?? []), ...(group?.members ?? [])];
  const errors = { ...fieldErrors(save.error), ...faults };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={group ? `Edit the group ${group.name}` : 'New group'}
      description="Who is in it decides at once what they may sign, of what waits already too."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={form} variant="primary" can={can} loading={save.isPending}>
            {group ? 'Save group' : 'Make group'}
          </Button>
        </>
      }
    >
      <Form id={form} onSubmit={submit}>
        <SavedMeanwhile
          what="this group"
          before={wordsOf(at)}
          after={wordsOf(looked.theirs)}
          onDiscard={looked.discard}
          onKeep={looked.keep}
          onLooked={save.reset}
        />
        <FormError error={looked.theirs ? null : save.error} />
        <Field label="Name" required error={errors['name']}>
          <Input
            value={draft.name}
            autoComplete="off"
            placeholder="Finance"
            onChange={(event) => change({ name: event.target.value })}
          />
        </Field>
        <Field label="Description" optional error={errors['description']}>
          <Textarea
            rows={2}
            value={draft.description}
            onChange={(event) => change({ description: event.target.value })}
          />
        </Field>
        <Field label="Members" error={errors['members']} hint="Approvers of this workspace.">
          {({ id, invalid }) => (
            <MultiCombobox
              id={id}
              invalid={invalid}
              value={draft.members}
              onValueChange={(members) => change({ members })}
              placeholder="nobody"
              emptyText="No approver has this name."
              load={searchApprovers}
              options={known.map((one) => ({ value: one.id, label: one.name }))}
            />
          )}
        </Field>
      </Form>
    </Dialog>
  );
}
