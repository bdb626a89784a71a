'use client';

import { useState } from 'react';
import { useShortcut } from '@/components/hooks';
import { ActionBar } from '@/components/layout';
import { Button, Field, FormError, Section, Select, Textarea } from '@/components/ui';
import { reasonCodes, type ReasonCode, type Sample, type Verdict } from '../schema';
import { useVerdict } from './use-verdict';
import { reasonWords } from './words';

const choices: {
  verdict: Verdict;
  label: string;
  key: string;
  variant: 'primary' | 'danger' | 'default';
}[] = [
  { verdict: 'correct', label: 'Correct', key: 'c', variant: 'primary' },
  { verdict: 'wrong', label: 'Wrong', key: 'w', variant: 'danger' },
  { verdict: 'unsure', label: 'Unsure', key: 'u', variant: 'default' },
];

/** Correct, wrong or unsure, with a reason and a note for whoever looks at it later. */
export function VerdictForm({ sample }: { sample: Sample }) {
  const [reason, setReason] = useState('');
  const [note, setNote] = useState('');
  const give = useVerdict(sample);
  const can = sample.can.review;
  const choose = (verdict: Verdict) => {
    if (!can.allowed || give.isPending) return;
    give.mutate({ verdict, note, ...(reason ? { reason: reason as ReasonCode } : {}) });
  };
  useShortcut('c', () => choose('correct'), 'Mark correct', { when: can.allowed });
  useShortcut('w', () => choose('wrong'), 'Mark wrong', { when: can.allowed });
  useShortcut('u', () => choose('unsure'), 'Mark unsure', { when: can.allowed });
  return (
    <>
      {can.allowed ? (
        <Section>
          <div className="grid gap-3 wide:grid-cols-[minmax(0,1fr)_minmax(0,2fr)]">
            <Field label="Reason" optional hint="Where it was not correct.">
              <Select
                value={reason}
                onValueChange={setReason}
                options={[
                  { value: '', label: 'None' },
                  ...reasonCodes.map((code) => ({ value: code, label: reasonWords[code] })),
                ]}
              />
            </Field>
            <Field label="Note" optional hint="What made you decide so; kept with the verdict.">
              <Textarea rows={2} value={note} onChange={(event) => setNote(event.target.value)} />
            </Field>
            <FormError error={give.error} />
          </div>
          {sample.wanted > 1 ? (
            <p className="note mt-2">
              Two people review this one without seeing each other’s verdict.
            </p>
          ) : null}
        </Section>
      ) : null}
      <ActionBar>
        {choices.map(({ verdict, label, key, variant }) => (
          <Button
            key={verdict}
            variant={variant}
            kbd={key}
            can={can}
            loading={give.isPending && give.variables.verdict === verdict}
            onClick={() => choose(verdict)}
          >
            {label}
          </Button>
        ))}
        {can.allowed ? null : (
          <span className="note max-wide:order-first max-wide:basis-full wide:ml-auto">
            {can.reason}
          </span>
        )}
      </ActionBar>
    </>
  );
}
