'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
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
  Textarea,
  toast,
} from '@/components/ui';
import { searchApprovers } from '@/lib/domains/workspaces';
import { api } from '@/lib/http/fetcher';
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

/** Makes a group, or says anew who is in it. */
export function GroupDialog({ group, can, onClose }: GroupDialogProps) {
  const form = useId();
  const client = useQueryClient();
  const [draft, setDraft] = useState({
    name: group?.name ?? '',
    description: group?.description ?? '',
    members: group?.members.map(({ id }) => id) ?? [],
  });
  const [faults, setFaults] = useState<Record<string, string>>({});
  const change = (patch: Partial<typeof draft>) => setDraft((was) => ({ ...was, ...patch }));
  const save = useMutation({
    mutationFn: () =>
      group
        ? api.patch<ApproverGroup>(routingPaths.group(group.id), draft)
        : api.post<ApproverGroup>(routingPaths.groups, draft),
    onSuccess: ({ name }) => {
      toast.good(group ? 'Group saved' : 'Group made', name);
      onClose();
      return client.invalidateQueries({ queryKey: approvalKeys.all });
    },
  });
  const submit = () => {
    const parsed = CreateGroup.safeParse(draft);
    setFaults(parsed.success ? {} : faultsByField(parsed.error));
    if (parsed.success) save.mutate();
  };
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
        <FormError error={save.error} />
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
              options={group?.members.map((one) => ({ value: one.id, label: one.name })) ?? []}
            />
          )}
        </Field>
      </Form>
    </Dialog>
  );
}
