'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import {
  Button,
  Dialog,
  Field,
  fieldErrors,
  Form,
  FormError,
  Input,
  RadioGroup,
  Textarea,
} from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { originWords } from '../origin';
import { vaultKeys, vaultPaths } from '../queries';
import type { SecretView } from '../schema';

interface Props {
  /** Edits this one; makes another without. */
  secret?: SecretView;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onSaved: (saved: { secret: SecretView; value?: string }) => void;
}

const sources = [
  {
    value: 'given',
    label: 'I have the value',
    hint: 'It is sealed at once and never shown again.',
  },
  { value: 'generated', label: 'Make one', hint: '256 random bits, shown once for the upstream.' },
];

const renewals = [
  { value: 'manual', label: 'By hand', hint: 'A person brings the new value when it is due.' },
  {
    value: 'http_api_keys',
    label: 'Upstream API keys',
    hint: 'The upstream makes, tests and withdraws keys over HTTP, on schedule.',
  },
];

/** Keeps a secret, or changes how one is described and renewed. */
export function SecretForm({ secret, open, onOpenChange, onSaved }: Props) {
  const form = useId();
  const client = useQueryClient();
  const [name, setName] = useState(secret?.name ?? '');
  const [description, setDescription] = useState(secret?.description ?? '');
  const [source, setSource] = useState('given');
  const [value, setValue] = useState('');
  const [origin, setOrigin] = useState('');
  const [kind, setKind] = useState<string>(secret?.rotator.kind ?? 'manual');
  const [baseUrl, setBaseUrl] = useState(
    secret?.rotator.kind === 'http_api_keys' ? secret.rotator.baseUrl : '',
  );
  const [days, setDays] = useState(secret?.rotateEveryDays ? String(secret.rotateEveryDays) : '');
  const save = useMutation({
    mutationFn: async () => {
      const fields = {
        name,
        description,
        rotateEveryDays: days ? Number(days) : null,
      };
      // What is not changed is not sent: its grace stays, and a rotation under way is no obstacle.
      const old = secret?.rotator;
      const same = old?.kind === kind && (old.kind === 'manual' || old.baseUrl === baseUrl);
      const rotator = kind === 'manual' ? { kind } : { kind, baseUrl };
      if (!same) Object.assign(fields, { rotator });
      if (secret) {
        return { secret: await api.patch<SecretView>(vaultPaths.secret(secret.id), fields) };
      }
      const given = source === 'given' ? { value } : { generate: true };
      return api.post<{ secret: SecretView; value?: string }>(vaultPaths.secrets, {
        ...fields,
        ...given,
        ...(origin && kind === 'manual' ? { origin } : {}),
      });
    },
    onSuccess: (saved) => {
      setValue('');
      void client.invalidateQueries({ queryKey: vaultKeys.all });
      onOpenChange(false);
      onSaved(saved);
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
      title={secret ? `Edit ${secret.name}` : 'New secret'}
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>Cancel</Button>
          <Button type="submit" form={form} variant="primary" loading={save.isPending}>
            {secret ? 'Save' : 'Add secret'}
          </Button>
        </>
      }
    >
      <Form id={form} onSubmit={() => save.mutate()}>
        <FormError error={save.error} />
        <Field label="Name" required hint="As in order-service-key." error={errors['name']}>
          <Input
            value={name}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => setName(event.target.value)}
          />
        </Field>
        <Field label="Description" optional error={errors['description']}>
          <Input value={description} onChange={(event) => setDescription(event.target.value)} />
        </Field>
        {secret ? null : (
          <RadioGroup label="Value" value={source} onValueChange={setSource} options={sources} />
        )}
        {secret || source !== 'given' ? null : (
          <Field label="Secret value" required error={errors['value']}>
            <Textarea
              rows={2}
              className="mono"
              autoComplete="off"
              spellCheck={false}
              value={value}
              onChange={(event) => setValue(event.target.value)}
            />
          </Field>
        )}
        {secret || kind !== 'manual' ? null : (
          <Field
            label="For the address"
            optional
            hint="Where alone it may be sent. Without it, the first tool that uses it says so."
            error={errors['origin']}
          >
            <Input
              type="url"
              placeholder="https://orders.example.com"
              value={origin}
              onChange={(event) => setOrigin(event.target.value)}
            />
          </Field>
        )}
        <RadioGroup label="Renewed" value={kind} onValueChange={setKind} options={renewals} />
        {kind === 'http_api_keys' ? (
          <Field
            label="Upstream address"
            required
            hint={
              secret?.origin
                ? `At ${originWords(secret.origin)}, where alone the value is sent.`
                : 'Answers POST /api-keys, GET /whoami and DELETE /api-keys/{id}.'
            }
            error={errors['rotator.baseUrl']}
          >
            <Input
              type="url"
              placeholder="https://orders.example.com"
              value={baseUrl}
              onChange={(event) => setBaseUrl(event.target.value)}
            />
          </Field>
        ) : null}
        <Field
          label="Due every"
          optional
          hint="Without it the workspace's limit holds."
          error={errors['rotateEveryDays']}
        >
          <Input
            inputMode="numeric"
            suffix="days"
            value={days}
            onChange={(event) => setDays(event.target.value)}
          />
        </Field>
      </Form>
    </Dialog>
  );
}
