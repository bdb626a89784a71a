'use client';

import { Siren } from 'lucide-react';
import { type RefObject, useEffect, useId, useState } from 'react';
import { focusNextIn, useShortcut } from '@/components/hooks';
import {
  Button,
  Dialog,
  Field,
  fieldErrors,
  Form,
  FormError,
  Notice,
  Textarea,
} from '@/components/ui';
import { StepUpDialog } from '@/lib/domains/workspaces';
import { type Approval, BreakGlass as Schema } from '../schema';
import { Meanwhile } from './meanwhile';
import { isUsual } from './signature-words';
import { useDecision } from './use-decision';
import { meanwhileWords, sentenceOf } from './words';

const effects = [
  'It runs at once, on your signature alone, whatever the routes say.',
  'Every admin is told, with your name: here in the console, and by the channels and mail that are set up.',
  'It is marked in the trail, and somebody else reviews it afterwards.',
];

/** The way around the routes in an emergency: quiet, explained, and never without a reason. */
export function BreakGlass({
  approval,
  card,
  off,
}: {
  approval: Approval;
  card: RefObject<HTMLElement | null>;
  /** Why it is off just now, whatever the reader may do. */
  off: string | null;
}) {
  const [open, setOpen] = useState(false);
  const { decide, break_glass: may } = approval.can;
  const can = off === null ? may : { allowed: false, reason: off };
  // Whose plain signature is enough has nothing to break.
  const waiting = approval.status === 'pending';
  const enough = !waiting || (decide.allowed && isUsual(approval));
  useShortcut('b', () => setOpen(true), 'Break the glass', { when: can.allowed && !enough });
  if (enough && !open) return null;
  return (
    <div>
      {enough ? null : (
        <Button
          size="sm"
          variant="ghost"
          icon={Siren}
          kbd="b"
          can={can}
          onClick={() => setOpen(true)}
        >
          Break glass…
        </Button>
      )}
      {open ? (
        <BreakGlassDialog approval={approval} card={card} onClose={() => setOpen(false)} />
      ) : null}
    </div>
  );
}

function BreakGlassDialog({
  approval,
  card,
  onClose,
}: {
  approval: Approval;
  card: RefObject<HTMLElement | null>;
  onClose: () => void;
}) {
  const form = useId();
  const decide = useDecision(approval);
  const [reason, setReason] = useState('');
  const lacking = Schema.shape.reason.safeParse(reason).error?.issues[0]?.message;
  const { isSuccess } = decide;
  const gone = decide.isPending || isSuccess ? null : meanwhileWords(approval);
  useEffect(() => {
    if (isSuccess) onClose();
  }, [isSuccess, onClose]);
  if (decide.proof) {
    return (
      <StepUpDialog
        open
        onOpenChange={(next) => !next && decide.putOff()}
        why="To break the glass"
        onDone={decide.again}
      />
    );
  }
  return (
    <Dialog
      open
      onOpenChange={(next) => !next && !decide.isPending && onClose()}
      size="sm"
      focusNext={() => (approval.status === 'pending' ? null : focusNextIn(card.current))}
      title="Break the glass"
      description={sentenceOf(approval)}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            form={form}
            variant="danger-solid"
            loading={decide.isPending}
            disabledReason={gone ?? (lacking ? `Say why first: ${lacking}.` : null)}
          >
            Let it run
          </Button>
        </>
      }
    >
      <Form
        id={form}
        onSubmit={() => {
          if (lacking === undefined && gone === null)
            decide.mutate({ verb: 'break-glass', reason });
        }}
      >
        <Meanwhile words={gone} />
        <Notice tone="deny" icon={Siren} title="For an emergency that cannot wait">
          <ul className="grid list-disc gap-0.5 pl-4">
            {effects.map((effect) => (
              <li key={effect}>{effect}</li>
            ))}
          </ul>
        </Notice>
        <Field
          label="What makes it an emergency"
          required
          hint={`At least 20 characters, for the admins and the trail; ${reason.trim().length} so far.`}
          error={fieldErrors(decide.error)['reason']}
        >
          <Textarea value={reason} rows={3} onChange={(event) => setReason(event.target.value)} />
        </Field>
        <FormError error={decide.error} />
      </Form>
    </Dialog>
  );
}

/** The mark of an action that ran on a broken glass. */
export function BrokenGlass({ approval }: { approval: Approval }) {
  if (!approval.broke_glass) return null;
  return (
    <Notice tone="deny" icon={Siren} title="The glass was broken" className="mb-2">
      {approval.decided_by?.name ?? 'Someone'} let it run alone, whatever the routes say. Every
      admin was told, and it is reviewed.
    </Notice>
  );
}
