'use client';

import { TriangleAlert } from 'lucide-react';
import { type ReactNode, type RefObject, useEffect, useRef, useState } from 'react';
import { plural } from '@/components/format';
import { focusNextIn, useFocusNext, useShortcut } from '@/components/hooks';
import { ActionBar } from '@/components/layout';
import { Reversibility } from '@/components/data';
import { Button, ConfirmDialog, cx, FormError, Sentence } from '@/components/ui';
import { StepUpDialog } from '@/lib/domains/workspaces';
import { GrantButton } from '../grants/grant-button';
import type { Approval } from '../schema';
import { useDecision } from './use-decision';
import { meanwhileWords, sentenceOf } from './words';

/** What approving takes. */
const signingWords: Record<Approval['signing'], string> = {
  session: 'Your decision is recorded.',
  step_up: 'Approving asks for your password or a passkey.',
  passkey: 'Approving asks for a passkey of yours.',
};

export interface DecideProps {
  approval: Approval;
  /** The card that it stands in. */
  card: RefObject<HTMLElement | null>;
  /** What leads on once it is decided. */
  after?: ReactNode;
  /** How many warnings its card has; null where they could not be read. */
  warnings: number | null;
  /** Why it is not approved before its warnings are on the card; null once they are. */
  unread: string | null;
  /** Why nothing is decided here: others are picked, and the pick bar decides then. */
  off: string | null;
}

/**
 * The bar with the ways to decide, always in sight with what they are about. It stays mounted when
 * somebody else decides: whoever is typing a reason then keeps it, and is told.
 */
export function Decide({ approval, card, after, warnings, unread, off }: DecideProps) {
  const decide = useDecision(approval);
  const [rejecting, setRejecting] = useState(false);
  const waiting = approval.status === 'pending';
  const can = off === null ? approval.can.decide : { allowed: false, reason: off };
  const sign = can.allowed && unread !== null ? { allowed: false, reason: unread } : can;
  const approve = () => {
    if (sign.allowed && !decide.isPending) decide.mutate({ verb: 'approve', reason: '' });
  };
  const here = decide.isPending || decide.isSuccess;
  useFocusNext(card, here && !(waiting && can.allowed));
  const focusNext = () => (waiting ? null : focusNextIn(card.current));
  useShortcut('r', () => setRejecting(true), 'Reject', { when: waiting && can.allowed });
  const error = decide.isError && !rejecting && !decide.proof ? decide.error : null;
  return (
    <>
      <StepUpDialog
        open={decide.proof}
        onOpenChange={(open) => !open && decide.putOff()}
        why="To sign this action"
        onDone={decide.again}
      />
      {waiting || after || error ? (
        <ActionBar>
          <FormError error={error} className="basis-full" />
          {waiting ? (
            <>
              <About approval={approval} warnings={warnings} />
              <ApproveButton
                approval={approval}
                can={sign}
                busy={decide.isPending && !rejecting}
                onApprove={approve}
              />
              <Button variant="danger" kbd="r" can={can} onClick={() => setRejecting(true)}>
                Reject…
              </Button>
            </>
          ) : (
            after
          )}
          <GrantButton approval={approval} off={off ?? unread} focusNext={focusNext} />
          {waiting ? (
            <span className="note max-wide:order-first max-wide:basis-full wide:ml-auto">
              {can.allowed ? (
                <span className="max-wide:hidden">{unread ?? signingWords[approval.signing]}</span>
              ) : (
                can.reason
              )}
            </span>
          ) : null}
        </ActionBar>
      ) : null}
      <ConfirmDialog
        open={rejecting}
        onOpenChange={setRejecting}
        title="Reject this action"
        description={<Sentence>{sentenceOf(approval)}</Sentence>}
        confirmLabel="Reject"
        reason="required"
        reasonLabel="Reason, for the agent and the trail"
        gone={meanwhileWords(approval)}
        focusNext={focusNext}
        onConfirm={({ reason }) => decide.mutateAsync({ verb: 'reject', reason })}
      />
    </>
  );
}

/** What is decided, where its card is scrolled out of sight. */
function About({ approval, warnings }: Pick<DecideProps, 'approval' | 'warnings'>) {
  const sentence = sentenceOf(approval);
  return (
    <div className="flex basis-full flex-wrap items-start gap-x-3 gap-y-0.5 max-wide:order-first">
      <span
        title={sentence}
        className="line-clamp-2 min-w-0 font-medium [overflow-wrap:anywhere] max-wide:basis-full wide:flex-1"
      >
        <Sentence>{sentence}</Sentence>
      </span>
      {warnings === 0 ? null : (
        <span
          className={cx(
            'inline-flex items-center gap-1.5 font-medium',
            warnings === null ? 'text-hold' : 'text-deny',
          )}
        >
          <TriangleAlert aria-hidden className="size-3.5 shrink-0" strokeWidth={1.75} />
          {warnings === null ? 'Warnings not read' : plural(warnings, 'warning')}
        </span>
      )}
      <Reversibility value={approval.display.action_type.reversibility} />
    </div>
  );
}

interface ApproveProps {
  approval: Approval;
  can: { allowed: boolean; reason?: string | null | undefined };
  busy: boolean;
  onApprove: () => void;
}

/** Its key approves at once; of what cannot be undone it asks first, and Enter is the answer. */
function ApproveButton({ approval, can, busy, onApprove }: ApproveProps) {
  const [asking, setAsking] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const asks = approval.display.action_type.reversibility === 'irreversible';
  useShortcut('a', () => (asks ? setAsking(true) : onApprove()), 'Approve', {
    when: can.allowed,
  });
  useShortcut('Escape', () => setAsking(false), 'Do not approve', { when: asking });
  useEffect(() => {
    if (asking) button.current?.focus();
  }, [asking]);
  return (
    <Button
      ref={button}
      variant={asking ? 'danger-solid' : 'primary'}
      kbd={asking ? 'Enter' : 'a'}
      can={can}
      loading={busy}
      onBlur={() => setAsking(false)}
      onClick={() => {
        setAsking(false);
        onApprove();
      }}
    >
      {asking ? 'Irreversible: approve?' : 'Approve'}
    </Button>
  );
}
