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
import { additionOf, changesOf, draftOf, type SecretDraft } from './secret-draft';

/** With the value where one was made. */
interface Saved {
  secret: SecretView;
  value?: string;
}

interface Props {
  /** Edits this one; makes another without. */
  secret?: SecretView;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onSaved: (saved: Saved) => void;
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

/** Keeps a secret, or changes how one is described and renewed; each time it opens it begins anew. */
export function SecretForm(props: Props) {
  return props.open ? <OpenForm {...props} /> : null;
}

function OpenForm({ secret, onOpenChange, onSaved }: Props) {
  const form = useId();
  const client = useQueryClient();
  const [began] = useState(() => draftOf(secret));
  const [draft, setDraft] = useState(began);
  const set = (changes: Partial<SecretDraft>) => setDraft((now) => ({ ...now, ...changes }));
  const save = useMutation({
    mutationFn: async (): Promise<Saved> =>
      secret
        ? {
            secret: await api.patch<SecretView>(
              vaultPaths.secret(secret.id),
              changesOf(began, draft),
            ),
          }
        : api.post<Saved>(vaultPaths.secrets, additionOf(draft)),
    onSuccess: (saved) => {
      void client.invalidateQueries({ queryKey: vaultKeys.all });
      onOpenChange(false);
      onSaved(saved);
    },
  });
  const errors = fieldErrors(save.error);
  return (
    <Dialog
      open
      onOpenChange={onOpenChange}
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
            value={draft.name}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => set({ name: event.target.value })}
          />
        </Field>
        <Field label="Description" optional error={errors['description']}>
          <Input
            value={draft.description}
            onChange={(event) => set({ description: event.target.value })}
          />
        </Field>
        {secret ? null : (
          <RadioGroup
            label="Value"
            value={draft.source}
            onValueChange={(source) => set({ source: source as SecretDraft['source'] })}
            options={sources}
          />
        )}
        {secret || draft.source !== 'given' ? null : (
          <Field label="Secret value" required error={errors['value']}>
            <Textarea
              rows={2}
              className="mono"
              autoComplete="off"
              spellCheck={false}
              value={draft.value}
              onChange={(event) => set({ value: event.target.value })}
            />
          </Field>
        )}
        {secret || draft.kind !== 'manual' ? null : (
          <Field
            label="For the address"
            optional
            hint="Where alone it may be sent. Without it, the first tool that uses it says so."
            error={errors['origin']}
          >
            <Input
              type="url"
              placeholder="https://orders.example.com"
              value={draft.origin}
              onChange={(event) => set({ origin: event.target.value })}
            />
          </Field>
        )}
        <RadioGroup
          label="Renewed"
          value={draft.kind}
          onValueChange={(kind) => set({ kind: kind as SecretDraft['kind'] })}
          options={renewals}
        />
        {draft.kind === 'http_api_keys' ? (
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
              value={draft.baseUrl}
              onChange={(event) => set({ baseUrl: event.target.value })}
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
            value={draft.days}
            onChange={(event) => set({ days: event.target.value })}
          />
        </Field>
      </Form>
    </Dialog>
  );
}
