'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import {
  Button,
  Dialog,
  Field,
  fieldErrors,
  Form,
  FormError,
  Input,
  RadioGroup,
  SecretOnce,
  Select,
} from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { workspacePaths } from '../../queries';

const lifetimes = [7, 30, 90, 365].map((days) => ({
  value: String(days),
  label: days === 365 ? '1 year' : `${days} days`,
}));

export function CreateToken({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [scope, setScope] = useState('read');
  const [days, setDays] = useState('90');
  const create = useMutation({
    mutationFn: () =>
      api.post<{ token: string; name: string }>(workspacePaths.tokens, {
        name,
        scopes: [scope],
        days: Number(days),
      }),
    // Not waited for: what is made is shown at once.
    onSuccess: () => void client.invalidateQueries({ queryKey: ['members', 'tokens'] }),
  });
  const errors = fieldErrors(create.error);
  if (create.data) {
    return (
      <SecretOnce
        title={create.data.name}
        label="Access token"
        secret={create.data.token}
        warning="Copy it now. Only its hash is stored, so it is not shown again."
        onDone={onClose}
      />
    );
  }
  return (
    <Dialog
      open
      // Closed while it is made, the token would be lost.
      onOpenChange={(open) => !open && !create.isPending && onClose()}
      title="New access token"
      footer={
        <>
          <Button onClick={onClose} disabledReason={create.isPending && 'It is being created.'}>
            Cancel
          </Button>
          <Button variant="primary" type="submit" form="create-token" loading={create.isPending}>
            Create token
          </Button>
        </>
      }
    >
      <Form id="create-token" onSubmit={() => create.mutate()}>
        <FormError error={create.error} />
        <Field label="Name" hint="What will use it" error={errors['name']} required>
          <Input value={name} onChange={(event) => setName(event.target.value)} />
        </Field>
        <RadioGroup
          label="It may"
          value={scope}
          onValueChange={setScope}
          options={[
            { value: 'read', label: 'Read', hint: 'See what you see' },
            { value: 'write', label: 'Read and write', hint: 'Do what you may do' },
            {
              value: 'authzen',
              label: 'Ask for decisions',
              hint: 'AuthZEN at the gateway, and nothing of the console',
            },
          ]}
        />
        <Field label="Expires after" error={errors['days']}>
          <Select value={days} onValueChange={setDays} options={lifetimes} />
        </Field>
      </Form>
    </Dialog>
  );
}
