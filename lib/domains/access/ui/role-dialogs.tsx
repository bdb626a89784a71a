'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useId, useState } from 'react';
import {
  Button,
  Dialog,
  Field,
  fieldErrors,
  Form,
  FormError,
  Input,
  Textarea,
  toast,
} from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { accessKeys, accessPaths } from '../queries';
import type { Role } from '../schema';

export interface RoleDialogProps {
  role?: Role;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** Makes a role, or renames one. */
export function RoleDialog({ role, open, onOpenChange }: RoleDialogProps) {
  const form = useId();
  const router = useRouter();
  const client = useQueryClient();
  const [name, setName] = useState(role?.name ?? '');
  const [description, setDescription] = useState(role?.description ?? '');
  const save = useMutation({
    mutationFn: () =>
      role
        ? api.patch<Role>(accessPaths.role(role.id), { name, description })
        : api.post<Role>(accessPaths.roles, { name, description }),
    onSuccess: (saved) => {
      client.setQueryData(accessKeys.role(saved.id), saved);
      void client.invalidateQueries({ queryKey: accessKeys.all });
      onOpenChange(false);
      toast.good(role ? 'Saved' : 'Role made', saved.name);
      if (!role) router.push(`/roles/${saved.id}`);
    },
  });
  const errors = fieldErrors(save.error);
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => {
        if (!next) save.reset();
        onOpenChange(next);
      }}
      title={role ? `Edit ${role.name}` : 'New role'}
      {...(role ? {} : { description: 'It allows nothing until it has a permission.' })}
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>Cancel</Button>
          <Button type="submit" form={form} variant="primary" loading={save.isPending}>
            {role ? 'Save' : 'Make role'}
          </Button>
        </>
      }
    >
      <Form id={form} onSubmit={() => save.mutate()}>
        <FormError error={save.error} shown={['name', 'description']} />
        <Field
          label="Name"
          required
          hint="Lower-case letters, digits and hyphens, as in refund-desk."
          error={errors['name']}
        >
          <Input
            value={name}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => setName(event.target.value)}
          />
        </Field>
        <Field
          label="Description"
          optional
          hint="Whose work it is, and why."
          error={errors['description']}
        >
          <Textarea
            rows={2}
            value={description}
            onChange={(event) => setDescription(event.target.value)}
          />
        </Field>
      </Form>
    </Dialog>
  );
}
