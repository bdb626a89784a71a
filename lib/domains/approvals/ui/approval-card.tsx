'use client';

import { useQuery } from '@tanstack/react-query';
import { Clock } from 'lucide-react';
import Link from 'next/link';
import { type ReactNode, useRef } from 'react';
import {
  Classification,
  EffectBadges,
  Ladder,
  Reversibility,
  StatusPill,
  Tier,
  type TierValue,
} from '@/components/data';
import { CopyId, ExternalText, KeyValue, Panel, Section, Sentence, Until } from '@/components/ui';
import { approvalContextQuery } from '../queries';
import type { Approval } from '../schema';
import { AskedBy } from './asked-by';
import { AsRecorded } from './as-recorded';
import { Decide } from './decide';
import { EvidenceList, UntrustedTexts } from './evidence';
import { Attributes, Parameters } from './facts';
import { History, Similar } from './history';
import { PlantedNotice, RaisedNote } from '../planted/panel';
import { Narrow } from './narrow';
import { type ContextQuery, NotRead } from './not-read';
import { NotShown } from './not-shown';
import { DecidedBy, Outcome } from './outcome';
import { BrokenGlass } from './break-glass';
import { Signatures } from './signatures';
import { Signs, warningsIn } from './signs';
import { Questions } from './questions';
import { ChangedSources } from './sources';
import {
  amountOf,
  amountWords,
  couldNotRead,
  alsoNamedWords,
  initiatorWords,
  pickedWords,
  sentenceOf,
  undoWords,
  unreadWords,
} from './words';

const decidedVerb: Record<string, string> = { rejected: 'Rejected by' };

/** All that is known of one held action, and the two buttons. */
export function ApprovalCard({
  approval,
  after,
  picked = 0,
}: {
  approval: Approval;
  after?: ReactNode;
  /** How many actions are picked to be decided together. */
  picked?: number;
}) {
  const { display, status } = approval;
  const waiting = status === 'pending';
  const see = approval.can.see_payload;
  const context = useQuery(approvalContextQuery(approval.id));
  const off = pickedWords(picked);
  const card = useRef<HTMLElement>(null);
  return (
    <article ref={card} aria-label={sentenceOf(approval)}>
      <Panel padded={false}>
        <Section>
          <div className="grid gap-2.5">
            <BrokenGlass approval={approval} />
            <PlantedNotice approval={approval} />
            <RaisedNote approval={approval} />
            <Head approval={approval} />
          </div>
        </Section>
        <AskedBy asked={display.asked_by} />
        {waiting || approval.planted ? null : (
          <Section title="Outcome">
            <div className="grid gap-3">
              {approval.decided_by ? (
                <DecidedBy
                  verb={decidedVerb[status] ?? 'Approved by'}
                  by={approval.decided_by.name}
                  at={approval.decided_at}
                  reason={approval.reason}
                />
              ) : null}
              <Outcome
                status={status}
                result={see.allowed ? approval.result : null}
                error={approval.error}
                startedAt={approval.decided_at}
                finishedAt={approval.finished_at}
              />
            </div>
          </Section>
        )}
        {see.allowed ? <Signs context={context} /> : null}
        <Limits approval={approval} context={context} />
        <Signatures approval={approval} card={card} off={off} />
        <Section
          title="What will be sent"
          note={`${display.action_type.key} at ${display.action_type.tool}`}
        >
          {see.allowed ? (
            <div className="grid gap-2.5">
              <Parameters
                parameters={display.narrowed?.parameters ?? display.parameters}
                proposed={display.parameters}
              />
              <Narrow approval={approval} context={context} />
            </div>
          ) : (
            <NotShown why={see.reason} />
          )}
        </Section>
        {see.allowed ? <Grounds approval={approval} context={context} /> : null}
        <Similar approval={approval} context={context} />
        <Section>
          <Facts approval={approval} />
        </Section>
        {see.allowed ? (
          <Section>
            <AsRecorded value={display} label="What you were shown" />
          </Section>
        ) : null}
        <Decide
          approval={approval}
          card={card}
          after={after}
          off={off}
          unread={see.allowed ? unreadWords(context) : null}
          warnings={see.allowed && couldNotRead(context) ? null : warningsIn(context.data).length}
        />
      </Panel>
    </article>
  );
}

/** What it rests on, and what was asked about it. */
function Grounds({ approval, context }: { approval: Approval; context: ContextQuery }) {
  const { display } = approval;
  return (
    <>
      <Section title="Source data">
        <EvidenceList
          evidence={display.evidence}
          parameters={display.parameters}
          grounds={context.data?.evidence}
          unread={
            <NotRead context={context}>Whether it was read like this could not be told.</NotRead>
          }
        />
      </Section>
      <ChangedSources approval={approval} context={context} />
      <Questions approval={approval} context={context} />
      {display.untrusted.length > 0 ? (
        <Section title="Text that led to this">
          <UntrustedTexts texts={display.untrusted} />
        </Section>
      ) : null}
    </>
  );
}

function Head({ approval }: { approval: Approval }) {
  const { display } = approval;
  const summary = display.summary === display.sentence ? null : display.summary;
  return (
    <div className="grid gap-2.5 py-1">
      {approval.status === 'pending' ? (
        <div className="flex items-center gap-1.5 font-medium text-hold">
          <Clock aria-hidden className="size-3.5" strokeWidth={1.75} />
          <span>
            Waiting, <Until at={approval.expires_at} overdue="time is up" />
          </span>
        </div>
      ) : (
        <div>
          <StatusPill value={approval.status} />
        </div>
      )}
      <h2
        tabIndex={-1}
        className="text-xl leading-[1.3] font-semibold tracking-[-0.015em] text-balance outline-none [overflow-wrap:anywhere]"
      >
        <Sentence>{sentenceOf(approval)}</Sentence>
      </h2>
      <p className="note flex flex-wrap items-center gap-x-3 gap-y-0.5">
        <span className="min-w-0 [overflow-wrap:anywhere]">
          {approval.agent.name}, started by {initiatorWords(display.session.initiator)}
        </span>
        <Reversibility value={display.action_type.reversibility} />
      </p>
      {display.narrowed ? (
        <p className="[overflow-wrap:anywhere] text-text-2">
          Proposed: <del>{display.sentence}</del>
        </p>
      ) : null}
      <ExternalText>
        {summary ? <span className="block font-medium text-text">{summary}</span> : null}
        {display.why}
      </ExternalText>
    </div>
  );
}

function Limits({ approval, context }: { approval: Approval; context: ContextQuery }) {
  const { display } = approval;
  const { ladder, amount } = display;
  const value = amountOf(approval);
  if (!ladder || !amount || value === undefined) return null;
  const format = (value: number) => amountWords(value, display.parameters);
  return (
    <Section title="Against the limits" note={amount.parameter}>
      <Ladder
        autonomous={ladder.autonomous}
        supervised={ladder.supervised}
        gated={ladder.gated}
        value={value}
        format={format}
      />
      <div className="mt-2">
        <History approval={approval} context={context} />
      </div>
    </Section>
  );
}

function Facts({ approval }: { approval: Approval }) {
  const { display } = approval;
  const type = display.action_type;
  return (
    <KeyValue
      items={[
        {
          label: 'Agent',
          value: (
            <Link href={`/agents/${approval.agent.id}`} className="text-accent hover:underline">
              {approval.agent.name}
            </Link>
          ),
        },
        {
          label: 'Started by',
          value: (
            <span className="inline-flex flex-wrap items-center gap-x-2">
              <span className="min-w-0 [overflow-wrap:anywhere]">
                {initiatorWords(display.session.initiator)}, session
              </span>
              <CopyId id={display.session.id} />
            </span>
          ),
          hint: alsoNamedWords(display.session.initiator),
        },
        display.on_behalf_of
          ? {
              label: 'On behalf of',
              value: display.on_behalf_of,
              hint: display.asked_by?.type === 'agent' ? 'As the agent says' : undefined,
            }
          : null,
        { label: 'Bound to', value: <Attributes attributes={display.session.attributes} /> },
        {
          label: 'Tier',
          value: <Tier value={approval.tier as TierValue} />,
          hint: whyThisTier(display),
        },
        {
          label: 'If it is wrong',
          value: <Reversibility value={type.reversibility} />,
          hint: undoWords(type.reversibility),
        },
        {
          label: 'Touches',
          value: (
            <span className="inline-flex flex-wrap items-center gap-1.5">
              <Classification value={type.classification} />
              <EffectBadges value={type.effects} />
            </span>
          ),
        },
        display.request
          ? {
              label: 'Sent as',
              value: (
                <span className="font-mono break-all">
                  {display.request.method} {display.request.url}
                </span>
              ),
            }
          : null,
        {
          label: 'You sign',
          value: (
            <span className="flex flex-wrap items-center gap-x-4 gap-y-1">
              <span className="inline-flex items-center gap-1.5">
                the action <CopyId id={approval.digest} />
              </span>
              <span className="inline-flex items-center gap-1.5">
                this card <CopyId id={approval.display_digest} />
              </span>
            </span>
          ),
        },
        {
          label: 'Recorded as',
          value: (
            <span className="inline-flex flex-wrap items-center gap-x-3">
              <CopyId id={approval.id} />
              <Link
                href={`/trail/actions/${approval.id}`}
                className="inline-flex min-h-6 items-center text-accent hover:underline"
              >
                Its story in the trail
              </Link>
            </span>
          ),
        },
      ]}
    />
  );
}

/** The recorded reasons, or what the ladder says. */
function whyThisTier({ reasons, ladder, amount, parameters }: Approval['display']): string {
  if (reasons.length > 0) return reasons.map((reason) => reason.message).join(' ');
  if (ladder && amount && amount.value > ladder.supervised) {
    return `The ${amount.parameter} is above ${amountWords(ladder.supervised, parameters)}.`;
  }
  return 'Its permission, or a floor for what it does, asks for a person.';
}
