'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import {
  Button,
  CopyId,
  Dialog,
  Field,
  fieldErrors,
  Form,
  FormError,
  Input,
  RadioGroup,
  SecretOnce,
  Textarea,
} from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { credentialPaths } from '../queries';
import type { NewCredential } from '../schema';

type Kind = 'made' | 'own' | 'secret';

export interface NewCredentialDialogProps {
  agent: string;
  name: string;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** Gives an agent a key pair or a client secret. The private part is shown here and never again. */
export function NewCredentialDialog({ agent, name, open, onOpenChange }: NewCredentialDialogProps) {
  const form = useId();
  const client = useQueryClient();
  const [kind, setKind] = useState<Kind>('made');
  const [label, setLabel] = useState('');
  const [days, setDays] = useState('');
  const [jwk, setJwk] = useState('');
  const [unreadable, setUnreadable] = useState('');
  const create = useMutation({
    mutationFn: (body: object) => api.post<NewCredential>(credentialPaths.list, body),
    // Not waited for: what is made is shown at once.
    onSuccess: () => void client.invalidateQueries({ queryKey: ['credentials'] }),
  });

  const submit = () => {
    setUnreadable('');
    const body = {
      kind: kind === 'secret' ? 'secret' : 'key_pair',
      agentId: agent,
      label,
      ...(days.trim() ? { expiresInDays: Number(days) } : {}),
    };
    if (kind !== 'own') return create.mutate(body);
    try {
      create.mutate({ ...body, publicJwk: JSON.parse(jwk) });
    } catch {
      setUnreadable('This is not JSON. Paste the whole key, from { to }.');
    }
  };
  const close = () => {
    create.reset();
    setLabel('');
    setDays('');
    setJwk('');
    onOpenChange(false);
  };
  if (create.data) return <Made made={create.data} onDone={close} />;

  const errors = fieldErrors(create.error);
  const jwkError = Object.entries(errors).find(([field]) => field.startsWith('publicJwk'))?.[1];
  return (
    <Dialog
      open={open}
      // Closed while it is made, its private part would be lost.
      onOpenChange={(next) => (next ? onOpenChange(true) : create.isPending || close())}
      title={`New credential for ${name}`}
      footer={
        <>
          <Button onClick={close} disabledReason={create.isPending && 'It is being created.'}>
            Cancel
          </Button>
          <Button type="submit" form={form} variant="primary" loading={create.isPending}>
            Create credential
          </Button>
        </>
      }
    >
      <Form id={form} onSubmit={submit}>
        <FormError error={create.error} />
        <RadioGroup
          label="What proves it"
          value={kind}
          onValueChange={(value) => setKind(value as Kind)}
          options={[
            {
              value: 'made',
              label: 'A key pair, made here',
              hint: 'The private half is shown once and not kept.',
            },
            {
              value: 'own',
              label: 'Its own key pair',
              hint: 'Paste the public half. The private one never leaves the agent: the safest way.',
            },
            { value: 'secret', label: 'A client secret', hint: 'For software that cannot sign.' },
          ]}
        />
        {kind === 'own' ? (
          <Field
            label="Public JWK"
            required
            hint="Ed25519, P-256, or RSA of at least 2048 bits."
            error={unreadable || jwkError}
          >
            <Textarea
              rows={5}
              className="mono"
              spellCheck={false}
              placeholder='{ "kty": "OKP", "crv": "Ed25519", "x": "…" }'
              value={jwk}
              onChange={(event) => setJwk(event.target.value)}
            />
          </Field>
        ) : null}
        <div className="grid gap-4 wide:grid-cols-2">
          <Field label="Label" optional hint="Where it is kept." error={errors['label']}>
            <Input value={label} onChange={(event) => setLabel(event.target.value)} />
          </Field>
          <Field label="Expires after" optional error={errors['expiresInDays']}>
            <Input
              inputMode="numeric"
              className="num"
              suffix="days"
              placeholder="never"
              value={days}
              onChange={(event) => setDays(event.target.value)}
            />
          </Field>
        </div>
      </Form>
    </Dialog>
  );
}

/** What is seen once: the private key or the secret, with the client id that goes with it. */
export function Made({ made, onDone }: { made: NewCredential; onDone: () => void }) {
  const { clientId, privateJwk, secret } = made;
  const title = 'Credential created';
  const client = (
    <div className="grid gap-1">
      <div className="text-sm font-medium">Client id</div>
      <div>
        <CopyId id={clientId} full />
      </div>
    </div>
  );
  if (!privateJwk && !secret) {
    return (
      <Dialog
        open
        onOpenChange={(open) => !open && onDone()}
        title={title}
        footer={
          <Button variant="primary" onClick={onDone}>
            Done
          </Button>
        }
      >
        <div className="grid gap-4">
          {client}
          <p>The agent can ask for tokens with its private key now.</p>
        </div>
      </Dialog>
    );
  }
  const shown = privateJwk
    ? {
        label: 'Private key',
        secret: JSON.stringify(privateJwk, null, 2),
        filename: `${clientId}.jwk.json`,
      }
    : { label: 'Client secret', secret: secret ?? '', filename: `${clientId}.secret.txt` };
  return (
    <SecretOnce title={title} {...shown} onDone={onDone}>
      {client}
    </SecretOnce>
  );
}
