'use client';

import { Check, Clock, TriangleAlert, X } from 'lucide-react';
import type { ReactNode, RefObject } from 'react';
import { useNow } from '@/components/hooks';
import { cx, ExternalText, Section, TimeAgo } from '@/components/ui';
import type { Approval } from '../schema';
import { BreakGlass } from './break-glass';
import { needWords } from './routing/words';
import { isUsual, missingOf, signedOf } from './signature-words';

type Need = Approval['needs'][number];
type Signature = Approval['signatures'][number];

/** Whose signatures it takes, whose are there, and who may sign next. */
export function Signatures({
  approval,
  card,
  off,
}: {
  approval: Approval;
  card: RefObject<HTMLElement | null>;
  off: string | null;
}) {
  const { needs, signatures } = approval;
  const waits = approval.status === 'pending';
  const usual = isUsual(approval) && signatures.every(({ in_place_of }) => !in_place_of);
  const all = signedOf(approval) + missingOf(approval);
  return (
    // Not shown where it says nothing, and still there: somebody may be writing in a dialog of it.
    <Section
      title="Signatures"
      note={`${signedOf(approval)} of ${all}`}
      className={!waits && usual ? 'hidden' : undefined}
    >
      <div className="grid gap-2.5">
        <ul aria-label="Whose signatures it takes" className="grid gap-1.5">
          {needs.map((need, at) => (
            <NeedRow key={at} need={need} waits={waits} />
          ))}
          <BesideRow beside={approval.beside} waits={waits} />
        </ul>
        {signatures.length > 0 ? (
          <ul aria-label="Who signed" className="grid gap-1.5">
            {signatures.map((one) => (
              <SignatureRow key={one.id} signature={one} />
            ))}
          </ul>
        ) : null}
        <BreakGlass approval={approval} card={card} off={off} />
      </div>
    </Section>
  );
}

function NeedRow({ need, waits }: { need: Need; waits: boolean }) {
  const { group, count, missing, escalation } = need;
  const now = useNow();
  const complete = missing === 0;
  return (
    <Marked
      icon={complete ? Check : Clock}
      tone={complete ? 'text-allow' : waits ? 'text-hold' : 'text-text-3'}
    >
      <span className="inline-block first-letter:uppercase">
        {needWords(count, group?.name ?? null)}
      </span>
      <span className="text-text-3">
        {complete ? ' signed' : `, ${missing} ${waits ? 'still missing' : 'missing'}`}
      </span>
      {waits && missing > 0 ? (
        <>
          {group && group.approvers < missing ? (
            <span className="flex items-start gap-1.5 text-deny">
              <TriangleAlert aria-hidden className="mt-0.5 size-3.5 shrink-0" strokeWidth={1.75} />
              {group.approvers === 0
                ? `Nobody in ${group.name} can approve.`
                : `Only ${group.approvers} in ${group.name} can approve.`}
            </span>
          ) : null}
          {escalation.map((step, at) => (
            <span key={at} className="block text-sm text-text-2">
              {step.group?.name ?? 'Any approver'} may sign in its place
              {Date.parse(step.from) <= now ? ' too, since ' : ' too, '}
              <TimeAgo at={step.from} />
            </span>
          ))}
        </>
      ) : null}
    </Marked>
  );
}

/** What it takes beyond its needs, where someone who signed approved a planted request. */
function BesideRow({ beside, waits }: { beside: Approval['beside']; waits: boolean }) {
  if (beside.count === 0) return null;
  const complete = beside.missing === 0;
  return (
    <Marked
      icon={complete ? Check : Clock}
      tone={complete ? 'text-allow' : waits ? 'text-hold' : 'text-text-3'}
    >
      One more beside, of an approver who has missed no planted request of late
      <span className="text-text-3">
        {complete ? ' signed' : `, ${beside.missing} ${waits ? 'still missing' : 'missing'}`}
      </span>
    </Marked>
  );
}

function SignatureRow({ signature }: { signature: Signature }) {
  const { member, in_place_of: place, decision, reason, signing, counts } = signature;
  const approves = decision === 'approved';
  return (
    <Marked
      icon={approves && counts ? Check : X}
      tone={!counts ? 'text-text-3' : approves ? 'text-allow' : 'text-deny'}
    >
      <span className={cx(!counts && 'line-through decoration-text-3')}>
        <span className="font-medium">{member.name}</span>
        {place ? ` in the place of ${place.name}` : null}
      </span>
      <span className="text-text-3">
        {approves ? ' signed ' : ' rejected '}
        <TimeAgo at={signature.signed_at} />
        {signing === 'passkey' ? ', with a passkey' : null}
        {signing === 'step_up' ? ', after a fresh proof' : null}
      </span>
      {counts ? null : (
        <span className="block text-sm text-hold">
          It counts no more: what it signed has changed since. They may sign again.
        </span>
      )}
      {reason ? (
        <ExternalText className="mt-1" note={`${member.name}'s words.`}>
          {reason}
        </ExternalText>
      ) : null}
    </Marked>
  );
}

function Marked({
  icon: Icon,
  tone,
  children,
}: {
  icon: typeof Check;
  tone: string;
  children: ReactNode;
}) {
  return (
    <li className="flex items-start gap-2">
      <Icon aria-hidden className={cx('mt-[3px] size-3.5 shrink-0', tone)} strokeWidth={1.75} />
      <div className="min-w-0 flex-1 [overflow-wrap:anywhere]">{children}</div>
    </li>
  );
}
