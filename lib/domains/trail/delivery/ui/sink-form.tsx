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
  Select,
} from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { sinkKeys, sinkPaths } from '../queries';
import type { SinkView, SinkWithSecret } from '../schema';
import { additionOf, changesOf, draftOf, type SinkDraft } from './sink-draft';
import { TargetFields } from './target-fields';

interface Props {
  /** Edits this one; adds another without. */
  sink?: SinkView;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onSaved: (saved: SinkWithSecret) => void;
}

const kinds: { value: SinkDraft['kind']; label: string; hint: string }[] = [
  { value: 'webhook', label: 'Webhook', hint: 'Signed CloudEvents over HTTPS.' },
  { value: 'syslog', label: 'Syslog', hint: 'RFC 5424 messages over TLS.' },
  { value: 'bucket', label: 'Bucket', hint: 'NDJSON objects in an S3-compatible store.' },
];

const formats: { value: SinkView['format']; label: string; hint: string }[] = [
  {
    value: 'event',
    label: 'Trail events',
    hint: 'the bytes that are hashed; protected payloads stay sealed',
  },
  { value: 'ocsf', label: 'OCSF 1.8', hint: 'what a SIEM reads without mapping' },
];

const starts: { value: SinkDraft['from']; label: string; hint: string }[] = [
  { value: 'now', label: 'From now on', hint: 'Only what happens after this.' },
  {
    value: 'beginning',
    label: 'From the beginning',
    hint: 'Everything the trail has, then what follows.',
  },
];

/** Adds a place that the trail is delivered to, or changes one; each time it opens it begins anew. */
export function SinkForm(props: Props) {
  return props.open ? <OpenForm {...props} /> : null;
}

function OpenForm({ sink, onOpenChange, onSaved }: Props) {
  const form = useId();
  const client = useQueryClient();
  const [draft, setDraft] = useState(() => draftOf(sink));
  const set = (changes: Partial<SinkDraft>) => setDraft((now) => ({ ...now, ...changes }));
  const save = useMutation({
    mutationFn: async (): Promise<SinkWithSecret> =>
      sink
        ? { sink: await api.patch<SinkView>(sinkPaths.sink(sink.id), changesOf(draft)) }
        : api.post<SinkWithSecret>(sinkPaths.sinks, additionOf(draft)),
    onSuccess: (saved) => {
      void client.invalidateQueries({ queryKey: sinkKeys.all });
      onOpenChange(false);
      onSaved(saved);
    },
  });
  const errors = fieldErrors(save.error);
  return (
    <Dialog
      open
      onOpenChange={onOpenChange}
      title={sink ? `Edit ${sink.name}` : 'New sink'}
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>Cancel</Button>
          <Button type="submit" form={form} variant="primary" loading={save.isPending}>
            {sink ? 'Save' : 'Add sink'}
          </Button>
        </>
      }
    >
      <Form id={form} onSubmit={() => save.mutate()}>
        <FormError error={save.error} />
        <Field label="Name" required hint="As in splunk-audit." error={errors['name']}>
          <Input
            value={draft.name}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => set({ name: event.target.value })}
          />
        </Field>
        {sink ? null : (
          <RadioGroup
            label="Kind"
            value={draft.kind}
            onValueChange={(kind) => set({ kind: kind as SinkDraft['kind'] })}
            options={kinds}
          />
        )}
        <TargetFields draft={draft} set={set} errors={errors} kept={sink !== undefined} />
        <Field label="Format" error={errors['format']}>
          <Select
            value={draft.format}
            onValueChange={(format) => set({ format: format as SinkDraft['format'] })}
            options={formats}
          />
        </Field>
        {sink ? (
          <Field
            label="Go on at event"
            optional
            hint={`It is at ${sink.position}. An earlier index delivers again, a later one leaves events out.`}
            error={errors['position']}
          >
            <Input
              inputMode="numeric"
              value={draft.position}
              onChange={(event) => set({ position: event.target.value })}
            />
          </Field>
        ) : (
          <RadioGroup
            label="Begin"
            value={draft.from}
            onValueChange={(from) => set({ from: from as SinkDraft['from'] })}
            options={starts}
          />
        )}
      </Form>
    </Dialog>
  );
}
