'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { plural } from '@/components/format';
import { useShortcut } from '@/components/hooks';
import { Button, ConfirmDialog, Field, Input, Select, toast } from '@/components/ui';
import { StepUpDialog } from '@/lib/domains/workspaces';
import { api, ApiProblem } from '@/lib/http/fetcher';
import { approvalKeys, approvalPaths } from '../queries';
import type { Approval } from '../schema';
import { amountWords, meanwhileWords } from '../ui/words';
import { MAX_USES } from './rules';
import type { Grant } from './schema';

const lengths = [
  { value: '30', label: '30 minutes' },
  { value: '120', label: '2 hours' },
  { value: '480', label: '8 hours' },
  { value: '1440', label: '24 hours' },
];

/** Signs this one and others like it beforehand: up to an amount, for a time, so many. */
export function GrantButton({
  approval,
  off = null,
  focusNext,
}: {
  approval: Approval;
  /** Why it is off just now, whatever the reader may do. */
  off?: string | null;
  focusNext: () => HTMLElement | null;
}) {
  const client = useQueryClient();
  const { display, can } = approval;
  const amount = display.amount?.value;
  const [open, setOpen] = useState(false);
  const [upTo, setUpTo] = useState(String(amount ?? ''));
  const [minutes, setMinutes] = useState('120');
  const [uses, setUses] = useState('10');
  /** What goes on once they have proved who they are, or have put that off. */
  const [proof, setProof] = useState<{ done: () => void; putOff: () => void } | null>(null);
  const waiting = approval.status === 'pending';
  const grant = off === null || !can.grant.allowed ? can.grant : { allowed: false, reason: off };
  useShortcut('s', () => setOpen(true), 'Sign beforehand for ones like it', {
    when: waiting && grant.allowed,
  });
  const most = amountWords(Number(upTo), display.parameters);
  const many = Number(uses);
  // The dialog stays open meanwhile: whatever fails is said beside what was typed.
  const make = async (reason: string) => {
    try {
      await send(reason);
    } catch (error) {
      // Its card says at once what was planted.
      if (error instanceof ApiProblem && error.code === 'planted')
        await client.invalidateQueries({ queryKey: approvalKeys.all });
      if (!(error instanceof ApiProblem) || error.code !== 'step_up_needed') throw error;
      await new Promise<void>((done, refuse) => setProof({ done, putOff: () => refuse(error) }));
      await make(reason);
    }
  };
  const send = async (reason: string) => {
    await api.post<Grant>(approvalPaths.grant(approval.id), {
      ...{ display_digest: approval.display_digest, minutes: Number(minutes), uses: many, reason },
      ...(amount === undefined ? {} : { up_to: Number(upTo) }),
    });
    toast.good('Signed beforehand', `It and others like it, ${plural(many, 'time')} at most`);
    await client.invalidateQueries({ queryKey: approvalKeys.all });
  };
  return (
    <>
      {waiting ? (
        <Button kbd="s" can={grant} onClick={() => setOpen(true)}>
          Sign beforehand…
        </Button>
      ) : null}
      <StepUpDialog
        open={proof !== null}
        onOpenChange={(next) => {
          if (next) return;
          setProof(null);
          // It closes before it says that it is done, and what is done cannot be put off.
          queueMicrotask(() => proof?.putOff());
        }}
        why="To sign beforehand"
        onDone={() => proof?.done()}
      />
      <ConfirmDialog
        open={open}
        onOpenChange={setOpen}
        title="Sign beforehand for ones like it"
        description={display.sentence}
        tone="primary"
        confirmLabel="Sign beforehand"
        effects={[
          `approves this and others of ${display.action_type.key} by ${approval.agent.name}, ${plural(many, 'time')} at most`,
          ...(amount === undefined
            ? []
            : [`for at most ${most} each (${display.amount?.parameter})`]),
          `ends ${lengths.find(({ value }) => value === minutes)?.label} from now, or when you or an admin revoke it`,
        ]}
        gone={meanwhileWords(approval)}
        focusNext={focusNext}
        reason="required"
        reasonLabel="Why they need not be looked at one by one"
        onConfirm={({ reason }) => make(reason)}
      >
        <div className="grid grid-cols-2 gap-3">
          {amount === undefined ? null : (
            <Field label={`Largest ${display.amount?.parameter}`}>
              <Input
                type="number"
                inputMode="decimal"
                min={amount}
                step="any"
                value={upTo}
                onChange={(event) => setUpTo(event.target.value)}
              />
            </Field>
          )}
          <Field label="At most, times">
            <Input
              type="number"
              inputMode="numeric"
              min={1}
              max={MAX_USES}
              value={uses}
              onChange={(event) => setUses(event.target.value)}
            />
          </Field>
          <Field label="For">
            <Select value={minutes} onValueChange={setMinutes} options={lengths} />
          </Field>
        </div>
      </ConfirmDialog>
    </>
  );
}
