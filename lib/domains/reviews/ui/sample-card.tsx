'use client';

import { Dices } from 'lucide-react';
import Link from 'next/link';
import { type ReactNode, useRef } from 'react';
import {
  Classification,
  EffectBadges,
  Reversibility,
  StatusPill,
  Tier,
  type TierValue,
} from '@/components/data';
import { CopyId, ExternalText, KeyValue, Panel, Section, TimeAgo, Until } from '@/components/ui';
import {
  AsRecorded,
  EvidenceList,
  NotShown,
  type EvidenceItem,
  Outcome,
  Parameters,
  UntrustedTexts,
} from '@/lib/domains/approvals';
import type { Sample } from '../schema';
import { GivenReviews } from './given';
import { recordOf, useSampleWords } from './use-sample-words';
import { VerdictForm } from './verdict-form';
import { originWords } from './words';

/** One sampled action with its outcome, and the three verdicts. */
export function SampleCard({ sample, after }: { sample: Sample; after?: ReactNode }) {
  const { action } = sample;
  const see = sample.can.see_payload;
  const card = useRef<HTMLElement>(null);
  const parameters = recordOf(action.parameters);
  const untrusted = Array.isArray(action.untrusted) ? action.untrusted.map(String) : [];
  return (
    <article ref={card} aria-label={action.summary}>
      <Panel padded={false}>
        <Section>
          <Head sample={sample} />
        </Section>
        <Section title="Outcome">
          <Outcome
            status={action.status}
            result={see.allowed ? action.result : null}
            error={action.error}
          />
        </Section>
        <Section title="What was sent" note={action.type}>
          {see.allowed ? <Parameters parameters={parameters} /> : <NotShown why={see.reason} />}
        </Section>
        {see.allowed ? (
          <Section title="Source data">
            <EvidenceList evidence={evidenceOf(action.evidence)} parameters={parameters} />
          </Section>
        ) : null}
        {untrusted.length > 0 ? (
          <Section title="Text that led to this">
            <UntrustedTexts texts={untrusted} />
          </Section>
        ) : null}
        <Section>
          <Facts sample={sample} />
        </Section>
        {see.allowed ? (
          <Section>
            <AsRecorded value={action} label="The action" />
          </Section>
        ) : null}
        <VerdictForm key={sample.id} sample={sample} card={card} after={after} />
      </Panel>
    </article>
  );
}

const evidenceOf = (value: unknown) => (Array.isArray(value) ? (value as EvidenceItem[]) : []);

function Head({ sample }: { sample: Sample }) {
  const { action } = sample;
  const { sentence } = useSampleWords(sample);
  return (
    <div className="grid gap-2.5 py-1">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        {sample.verdict ? (
          <>
            <StatusPill value={sample.verdict} />
            {sample.wanted > 1 ? (
              <span className="text-text-2">of two reviews, the worse</span>
            ) : null}
          </>
        ) : (
          <span className="inline-flex items-center gap-1.5 font-medium text-hold">
            <Dices aria-hidden className="size-3.5" strokeWidth={1.75} />
            <span>
              To review, <Until at={sample.due_at} />
            </span>
          </span>
        )}
        {originWords[sample.origin] ? (
          <span className="note">{originWords[sample.origin]}</span>
        ) : null}
        {sample.late ? (
          <span className="note">late: its outcome came after the draw of its own day</span>
        ) : null}
        {sample.verdict === null && sample.escalated_at ? (
          <span className="font-medium text-deny">escalated to every approver</span>
        ) : null}
        {sample.verdict === null && sample.assigned_to.length > 0 ? (
          <span className="text-text-2">
            {sample.mine
              ? 'assigned to you'
              : `assigned to ${sample.assigned_to.map(({ name }) => name).join(' and ')}`}
          </span>
        ) : null}
      </div>
      <h2
        tabIndex={-1}
        className="text-xl leading-[1.3] font-semibold tracking-[-0.015em] text-balance outline-none [overflow-wrap:anywhere]"
      >
        {sentence}
      </h2>
      <ExternalText>
        {action.summary === sentence ? null : (
          <span className="block font-medium text-text">{action.summary}</span>
        )}
        {action.why}
      </ExternalText>
      {sample.reviews.length > 0 || sample.given > 0 ? <GivenReviews sample={sample} /> : null}
    </div>
  );
}

function Facts({ sample }: { sample: Sample }) {
  const { action } = sample;
  const { type } = useSampleWords(sample);
  return (
    <KeyValue
      items={[
        {
          label: 'Agent',
          value: (
            <Link href={`/agents/${action.agent.id}`} className="text-accent hover:underline">
              {action.agent.name}
            </Link>
          ),
        },
        { label: 'Session', value: <CopyId id={action.session} /> },
        { label: 'Ran', value: <TimeAgo at={action.created_at} /> },
        { label: 'Tier', value: <Tier value={action.tier as TierValue} /> },
        type && { label: 'If it is wrong', value: <Reversibility value={type.reversibility} /> },
        {
          label: 'Touches',
          value: (
            <span className="inline-flex flex-wrap items-center gap-1.5">
              {action.classification ? <Classification value={action.classification} /> : null}
              {type ? <EffectBadges value={type.effects} /> : null}
            </span>
          ),
        },
        { label: 'Digest', value: <CopyId id={action.digest} /> },
        {
          label: 'Recorded as',
          value: (
            <span className="inline-flex flex-wrap items-center gap-x-3">
              <CopyId id={action.id} />
              <Link
                href={`/trail/actions/${action.id}`}
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
