'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import {
  Button,
  ConfirmDialog,
  Dialog,
  Field,
  fieldErrors,
  Form,
  FormError,
  Notice,
  Textarea,
} from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { originWords } from '../origin';
import { vaultKeys, vaultPaths } from '../queries';
import type { RotationView, SecretView } from '../schema';

interface Props {
  secret: SecretView;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/**
 * Begins a rotation; a secret that is renewed by hand asks for its new value. Each time it opens it
 * begins anew, and keeps no value that was entered.
 */
export function RotateDialog(props: Props) {
  return props.open ? <OpenDialog {...props} /> : null;
}

function OpenDialog({ secret, onOpenChange }: Props) {
  const form = useId();
  const client = useQueryClient();
  const [value, setValue] = useState('');
  const rotate = useMutation({
    mutationFn: () =>
      api.post<RotationView>(vaultPaths.rotate(secret.id), {
        ...(value === '' ? {} : { value }),
        // Should it be meant for elsewhere by now, the value is not kept.
        ...(value !== '' && secret.origin?.startsWith('http') ? { origin: secret.origin } : {}),
      }),
    onSuccess: () => {
      onOpenChange(false);
      return client.invalidateQueries({ queryKey: vaultKeys.all });
    },
  });
  const errors = fieldErrors(rotate.error);
  if (secret.rotator.kind !== 'manual' && secret.version !== null) {
    return (
      <ConfirmDialog
        open
        onOpenChange={onOpenChange}
        tone="primary"
        title={`Rotate ${secret.name}`}
        effects={[
          'The upstream makes a new key, which is tested before it is used',
          'Both keys are valid until the old one is withdrawn',
          'If the new one does not work, the old one stays in use',
        ]}
        confirmLabel="Rotate now"
        onConfirm={() => rotate.mutateAsync()}
      />
    );
  }
  return (
    <Dialog
      open
      onOpenChange={onOpenChange}
      title={`Rotate ${secret.name}`}
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>Cancel</Button>
          <Button type="submit" form={form} variant="primary" loading={rotate.isPending}>
            Rotate now
          </Button>
        </>
      }
    >
      <Form id={form} onSubmit={() => rotate.mutate()}>
        <FormError error={rotate.error} />
        <Notice tone="hold">
          The upstream must accept the new value already: tools use it at once. Withdraw the old one
          there afterwards.
        </Notice>
        <Field
          label="New value"
          required
          hint={secret.origin ? `It is sent to ${originWords(secret.origin)} only.` : undefined}
          error={errors['value'] ?? errors['origin']}
        >
          <Textarea
            rows={2}
            className="mono"
            autoComplete="off"
            spellCheck={false}
            value={value}
            onChange={(event) => setValue(event.target.value)}
          />
        </Field>
      </Form>
    </Dialog>
  );
}
