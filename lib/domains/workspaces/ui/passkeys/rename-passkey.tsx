'use client';

import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Button, Dialog, Field, fieldErrors, Form, FormError, Input } from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { passkeyPaths } from '../../passkeys/queries';
import type { PasskeyView } from '../../passkeys/schema';

interface Props {
  passkey: PasskeyView;
  onClose: () => void;
  onRenamed: (said: string) => Promise<void>;
}

export function RenamePasskey({ passkey, onClose, onRenamed }: Props) {
  const [name, setName] = useState(passkey.name);
  const rename = useMutation({
    mutationFn: () => api.patch<PasskeyView>(passkeyPaths.passkey(passkey.id), { name }),
    onSuccess: async () => {
      await onRenamed('Passkey renamed');
      onClose();
    },
  });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      size="sm"
      title={`Rename ${passkey.name}`}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" type="submit" form="rename-passkey" loading={rename.isPending}>
            Save
          </Button>
        </>
      }
    >
      <Form id="rename-passkey" onSubmit={() => rename.mutate()}>
        <FormError error={rename.error} />
        <Field label="Name" error={fieldErrors(rename.error)['name']} required>
          <Input value={name} onChange={(event) => setName(event.target.value)} />
        </Field>
      </Form>
    </Dialog>
  );
}
