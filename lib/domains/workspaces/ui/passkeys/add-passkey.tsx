'use client';

import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Button, Dialog, Field, fieldErrors, Form, FormError, Input } from '@/components/ui';
import { addPasskey } from '../../passkeys/browser';

interface Props {
  onClose: () => void;
  onAdded: (said: string) => Promise<void>;
}

export function AddPasskey({ onClose, onAdded }: Props) {
  const [name, setName] = useState('');
  const add = useMutation({
    mutationFn: () => addPasskey(name),
    onSuccess: async (passkey) => {
      await onAdded(`${passkey.name} added`);
      onClose();
    },
  });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      size="sm"
      title="Add a passkey"
      description="Your browser then asks where to keep it."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant="primary"
            type="submit"
            form="add-passkey"
            loading={add.isPending}
            disabledReason={name.trim() === '' ? 'Name it first.' : null}
          >
            Add passkey
          </Button>
        </>
      }
    >
      <Form id="add-passkey" onSubmit={() => add.mutate()}>
        <FormError error={add.error} />
        <Field
          label="Name"
          hint="What you will know it by: the device that keeps it"
          error={fieldErrors(add.error)['name']}
          required
        >
          <Input value={name} onChange={(event) => setName(event.target.value)} />
        </Field>
      </Form>
    </Dialog>
  );
}
