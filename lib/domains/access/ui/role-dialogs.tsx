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
import { changed } from '@/lib/kernel/defined';

export interface RoleDialogProps {
  role?: Role;
  onClose: () => void;
}

/** Makes a role, or renames one. Shown while mounted, so that each opening begins anew. */
export function RoleDialog({ role, onClose }: RoleDialogProps) {
  const form = useId();
  const router = useRouter();
  const client = useQueryClient();
  // As it was when this opened: somebody else may change it meanwhile.
  const [was] = useState(role);
  const [name, setName] = useState(was?.name ?? '');
  const [description, setDescription] = useState(was?.description ?? '');
  const changes = was && changed(was, { name, description });
  const save = useMutation({
    mutationFn: () =>
      was
        ? api.patch<Role>(accessPaths.role(was.id), changes)
        : api.post<Role>(accessPaths.roles, { name, description }),
    onSuccess: (saved) => {
      client.setQueryData(accessKeys.role(saved.id), saved);
      void client.invalidateQueries({ queryKey: accessKeys.all });
      onClose();
      toast.good(was ? 'Saved' : 'Role made', saved.name);
      if (!was) router.push(`/roles/${saved.id}`);
    },
  });
  const errors = fieldErrors(save.error);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={was ? `Edit ${was.name}` : 'New role'}
      {...(was ? {} : { description: 'It allows nothing until it has a permission.' })}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={form} variant="primary" loading={save.isPending}>
            {was ? 'Save' : 'Make role'}
          </Button>
        </>
      }
    >
      <Form
        id={form}
        onSubmit={() => {
          if (changes && Object.keys(changes).length === 0) onClose();
          else save.mutate();
        }}
      >
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
