'use client';

import { CircleAlert } from 'lucide-react';
import { type ReactNode, type RefObject, useState } from 'react';
import { useFocusNext, useShortcut } from '@/components/hooks';
import { ActionBar } from '@/components/layout';
import { Button, Field, FormError, Notice, Section, Select, Textarea } from '@/components/ui';
import { reasonCodes, type ReasonCode, type Sample, type Verdict } from '../schema';
import { useVerdict } from './use-verdict';
import { meanwhileWords, reasonWords } from './words';

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

/**
 * Correct, wrong or unsure, with a reason and a note for whoever looks at it later. It stays
 * mounted when somebody else's verdict comes in: whoever is typing a note keeps it, and is told.
 */
export function VerdictForm({
  sample,
  card,
  after,
}: {
  sample: Sample;
  /** The card that it stands in. */
  card: RefObject<HTMLElement | null>;
  /** What leads on once it has its verdict. */
  after?: ReactNode;
}) {
  const [reason, setReason] = useState('');
  const [note, setNote] = useState('');
  const give = useVerdict(sample);
  const can = sample.can.review;
  const waiting = sample.verdict === null;
  const typed = note.trim() !== '' || reason !== '';
  const here = give.isPending || give.isSuccess;
  // That it has one because it was given here is no news.
  const gone = typed && !here ? meanwhileWords(sample) : null;
  useFocusNext(card, here && !(waiting && can.allowed));
  const discard = () => {
    setNote('');
    setReason('');
    give.reset();
  };
  const choose = (verdict: Verdict) => {
    if (!can.allowed || give.isPending) return;
    give.mutate({ verdict, note, ...(reason ? { reason: reason as ReasonCode } : {}) });
  };
  useShortcut('c', () => choose('correct'), 'Mark correct', { when: can.allowed });
  useShortcut('w', () => choose('wrong'), 'Mark wrong', { when: can.allowed });
  useShortcut('u', () => choose('unsure'), 'Mark unsure', { when: can.allowed });
  return (
    <>
      {can.allowed || gone !== null ? (
        <Section>
          {gone === null ? null : (
            <div role="alert" className="mb-3">
              <Notice
                tone="hold"
                icon={CircleAlert}
                title={gone}
                action={
                  <Button size="sm" onClick={discard}>
                    Discard the note
                  </Button>
                }
              >
                What you wrote was not sent. It stays here for you to copy.
              </Notice>
            </div>
          )}
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
          </div>
          {sample.wanted > 1 && waiting ? (
            <p className="note mt-2">
              Two people review this one without seeing each other’s verdict.
            </p>
          ) : null}
        </Section>
      ) : null}
      {waiting || after || give.isError ? (
        <ActionBar>
          <FormError error={give.error} className="basis-full" />
          {waiting
            ? choices.map(({ verdict, label, key, variant }) => (
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
              ))
            : after}
          {waiting && !can.allowed ? (
            <span className="note max-wide:order-first max-wide:basis-full wide:ml-auto">
              {can.reason}
            </span>
          ) : null}
        </ActionBar>
      ) : null}
    </>
  );
}
