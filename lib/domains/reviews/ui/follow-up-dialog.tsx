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
  Textarea,
  toast,
} from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { reviewKeys, reviewPaths } from '../queries';
import type { ReviewFinding } from '../schema';
import { type FollowUpDo, LEAST_NOTE, mustSay } from './words';

interface Words {
  title: string;
  /** What will happen. */
  effect: (finding: ReviewFinding) => string;
  label: string;
  note: string;
  tone?: 'danger-solid';
}

const words: Record<FollowUpDo, Words> = {
  correct: {
    title: 'Say that it was corrected',
    effect: () => 'Kept with the finding and in the trail. Nothing is changed by it.',
    label: 'Corrected',
    note: 'What was done',
  },
  tighten: {
    title: 'Tighten the permission',
    effect: ({ action }) =>
      `Begins a draft in which ${action.type} waits for a person where it now runs under supervision. Nothing changes until it is published; replay it first.`,
    label: 'Begin a draft',
    note: 'Why, for the draft',
  },
  probation: {
    title: 'Put the agent on probation',
    effect: ({ action }) =>
      `Nothing of ${action.agent.name} runs below tier 2 from now on, until somebody activates it again.`,
    label: 'Put on probation',
    note: 'Why',
  },
  isolate: {
    title: 'Isolate the agent',
    effect: ({ action }) =>
      `${action.agent.name} is suspended: its next request is refused, and so is every one after it.`,
    label: 'Isolate',
    note: 'Why',
    tone: 'danger-solid',
  },
  close: {
    title: 'Close the finding',
    effect: ({ follow_ups: done }) =>
      done.length > 0
        ? 'What was done about it stays with it.'
        : 'Nothing was done about it yet: say why nothing needs to be.',
    label: 'Close it',
    note: 'Note',
  },
};

export function FollowUpDialog({
  finding,
  what,
  onClose,
}: {
  finding: ReviewFinding;
  what: FollowUpDo;
  onClose: () => void;
}) {
  const form = useId();
  const client = useQueryClient();
  const router = useRouter();
  const [note, setNote] = useState('');
  const { effect, label, title, tone } = words[what];
  const required = mustSay(what, finding);
  const asked = what === 'close' && required ? 'Why nothing needs to be done' : words[what].note;
  const lacking =
    required && note.trim().length < LEAST_NOTE ? 'Say it in a few words first.' : null;
  const save = useMutation({
    mutationFn: () =>
      what === 'close'
        ? api.post<ReviewFinding>(reviewPaths.closeFinding(finding.id), { note })
        : api.post<ReviewFinding>(reviewPaths.followUp(finding.id), { do: what, note }),
    onSuccess: (after) => {
      onClose();
      void client.invalidateQueries({ queryKey: reviewKeys.all });
      const draft = what === 'tighten' ? after.follow_ups.at(-1)?.draft : null;
      if (draft) router.push(`/policies/drafts/${draft}`);
      else toast.good(title, finding.action.summary);
    },
  });
  const errors = fieldErrors(save.error);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      size="sm"
      title={title}
      description={effect(finding)}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            form={form}
            variant={tone ?? 'primary'}
            loading={save.isPending}
            disabledReason={lacking}
          >
            {label}
          </Button>
        </>
      }
    >
      <Form id={form} onSubmit={() => lacking === null && save.mutate()}>
        <FormError error={save.error} />
        <Field label={asked} required={required} optional={!required} error={errors['note']}>
          <Textarea rows={3} value={note} onChange={(event) => setNote(event.target.value)} />
        </Field>
      </Form>
    </Dialog>
  );
}
