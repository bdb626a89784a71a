'use client';

import { MessageCircleQuestion } from 'lucide-react';
import { useId, useState } from 'react';
import { useShortcut } from '@/components/hooks';
import {
  Button,
  Dialog,
  ExternalText,
  Field,
  Form,
  FormError,
  Notice,
  Section,
  Textarea,
  TimeAgo,
  toast,
} from '@/components/ui';
import { approvalPaths } from '../queries';
import type { Approval } from '../schema';
import { Meanwhile } from './meanwhile';
import type { ContextQuery } from './not-read';
import { useChange, voidsWords } from './use-change';
import { couldNotRead, meanwhileWords, sentenceOf } from './words';

/** What the agent was asked and what it answered, and the way to ask more. */
export function Questions({ approval, context }: { approval: Approval; context: ContextQuery }) {
  const [asking, setAsking] = useState(false);
  const unread = couldNotRead(context)
    ? 'Whether it can be asked could not be read. Try again on the card first.'
    : 'Whether it can be asked is still being read.';
  const can = context.data?.can.ask ?? { allowed: false, reason: unread };
  const waiting = approval.status === 'pending';
  useShortcut('q', () => setAsking(true), 'Ask the agent', { when: waiting && can.allowed });
  if (!waiting && !asking && approval.questions.length === 0) return null;
  return (
    <Section title="Questions to the agent">
      <div className="grid gap-3">
        {approval.questions.map((one) => (
          <div key={one.id} className="grid gap-1">
            <p className="[overflow-wrap:anywhere]">
              <span className="font-medium">{one.question}</span>{' '}
              <span className="note">
                {one.asked_by.name}, <TimeAgo at={one.asked_at} />
              </span>
            </p>
            {one.answer === null ? (
              <p className="text-hold">
                {waiting ? 'The agent has not answered yet.' : 'The agent did not answer.'}
              </p>
            ) : (
              <ExternalText>
                {one.answer} <TimeAgo at={one.answered_at} className="note" />
              </ExternalText>
            )}
          </div>
        ))}
        {waiting ? (
          <div>
            <Button
              size="sm"
              icon={MessageCircleQuestion}
              kbd="q"
              can={can}
              onClick={() => setAsking(true)}
            >
              Ask the agent…
            </Button>
          </div>
        ) : null}
      </div>
      <AskDialog approval={approval} open={asking} onOpenChange={setAsking} />
    </Section>
  );
}

function AskDialog({
  approval,
  open,
  onOpenChange,
}: {
  approval: Approval;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}) {
  const form = useId();
  const [question, setQuestion] = useState('');
  const change = useChange(approval);
  const voids = voidsWords(approval);
  const gone = change.isPending ? null : meanwhileWords(approval);
  const send = () =>
    change.mutate(
      { path: approvalPaths.ask(approval.id), body: { question } },
      {
        onSuccess: ({ planted }) => {
          onOpenChange(false);
          setQuestion('');
          if (planted) toast('This request was planted');
          else toast.good('Asked', 'The agent hears of it at once and can answer once.');
        },
      },
    );
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => {
        if (!next) change.reset();
        onOpenChange(next);
      }}
      title="Ask the agent"
      description={sentenceOf(approval)}
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>Cancel</Button>
          <Button
            type="submit"
            form={form}
            variant="primary"
            loading={change.isPending}
            disabledReason={
              gone ?? (question.trim().length < 3 ? 'Ask in a few words first.' : null)
            }
          >
            Ask
          </Button>
        </>
      }
    >
      <Form id={form} onSubmit={() => gone === null && send()}>
        <Meanwhile words={gone} />
        <FormError error={change.error} />
        {voids ? <Notice tone="hold">When it answers, {voids}</Notice> : null}
        <Field
          label="Question"
          required
          hint="It is recorded, and so is the answer, which becomes part of what is signed."
        >
          <Textarea
            rows={3}
            maxLength={1_000}
            value={question}
            onChange={(event) => setQuestion(event.target.value)}
          />
        </Field>
      </Form>
    </Dialog>
  );
}
