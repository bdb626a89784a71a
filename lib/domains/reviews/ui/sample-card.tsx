'use client';

import { Dices } from 'lucide-react';
import Link from 'next/link';
import { useState, type ReactNode } from 'react';
import { useShortcut } from '@/components/hooks';
import { ActionBar } from '@/components/layout';
import {
  Classification,
  EffectBadges,
  Reversibility,
  StatusPill,
  Tier,
  type TierValue,
} from '@/components/data';
import {
  Button,
  CopyId,
  ExternalText,
  Field,
  FormError,
  KeyValue,
  Panel,
  Section,
  Textarea,
  TimeAgo,
  Until,
} from '@/components/ui';
import {
  AsRecorded,
  EvidenceList,
  type EvidenceItem,
  Outcome,
  Parameters,
  UntrustedTexts,
} from '@/lib/domains/approvals';
import type { Sample, Verdict } from '../schema';
import { recordOf, useSampleWords } from './use-sample-words';
import { useVerdict } from './use-verdict';

/** One sampled action with its outcome, and the three verdicts. */
export function SampleCard({ sample, after }: { sample: Sample; after?: ReactNode }) {
  const { action } = sample;
  const parameters = recordOf(action.parameters);
  const untrusted = Array.isArray(action.untrusted) ? action.untrusted.map(String) : [];
  return (
    <article aria-label={action.summary}>
      <Panel padded={false}>
        <Section>
          <Head sample={sample} />
        </Section>
        <Section title="Outcome">
          <Outcome status={action.status} result={action.result} error={action.error} />
        </Section>
        <Section title="What was sent" note={action.type}>
          <Parameters parameters={parameters} />
        </Section>
        <Section title="Source data">
          <EvidenceList evidence={evidenceOf(action.evidence)} parameters={parameters} />
        </Section>
        {untrusted.length > 0 ? (
          <Section title="Text that led to this">
            <UntrustedTexts texts={untrusted} />
          </Section>
        ) : null}
        <Section>
          <Facts sample={sample} />
        </Section>
        <Section>
          <AsRecorded value={action} label="The action" />
        </Section>
        {sample.verdict === null ? (
          <GiveVerdict sample={sample} />
        ) : after ? (
          <ActionBar>{after}</ActionBar>
        ) : null}
      </Panel>
    </article>
  );
}

const evidenceOf = (value: unknown) => (Array.isArray(value) ? (value as EvidenceItem[]) : []);

function Head({ sample }: { sample: Sample }) {
  const { action } = sample;
  const { sentence } = useSampleWords(action);
  return (
    <div className="grid gap-2.5 py-1">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        {sample.verdict ? (
          <>
            <StatusPill value={sample.verdict} />
            <span className="text-text-2">
              by {sample.reviewed_by?.name ?? 'someone'}, <TimeAgo at={sample.reviewed_at} />
            </span>
          </>
        ) : (
          <span className="inline-flex items-center gap-1.5 font-medium text-hold">
            <Dices aria-hidden className="size-3.5" strokeWidth={1.75} />
            <span>
              To review, <Until at={sample.due_at} />
            </span>
          </span>
        )}
        {sample.origin === 'hand' ? <span className="note">drawn by hand</span> : null}
      </div>
      <h2 className="text-xl leading-[1.3] font-semibold tracking-[-0.015em] text-balance [overflow-wrap:anywhere]">
        {sentence}
      </h2>
      <ExternalText>
        {action.summary === sentence ? null : (
          <span className="block font-medium text-text">{action.summary}</span>
        )}
        {action.why}
      </ExternalText>
      {sample.note ? (
        <ExternalText note={`${sample.reviewed_by?.name ?? 'The reviewer'}'s note.`}>
          {sample.note}
        </ExternalText>
      ) : null}
    </div>
  );
}

function Facts({ sample: { action } }: { sample: Sample }) {
  const { type } = useSampleWords(action);
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

function GiveVerdict({ sample }: { sample: Sample }) {
  const [note, setNote] = useState('');
  const give = useVerdict(sample);
  const can = sample.can.review;
  const choose = (verdict: Verdict) => {
    if (can.allowed && !give.isPending) give.mutate({ verdict, note });
  };
  useShortcut('c', () => choose('correct'), 'Mark correct', { when: can.allowed });
  useShortcut('w', () => choose('wrong'), 'Mark wrong', { when: can.allowed });
  useShortcut('u', () => choose('unsure'), 'Mark unsure', { when: can.allowed });
  return (
    <>
      {can.allowed ? (
        <Section>
          <div className="grid gap-3">
            <Field label="Note" optional hint="What made you decide so; kept with the verdict.">
              <Textarea rows={2} value={note} onChange={(event) => setNote(event.target.value)} />
            </Field>
            <FormError error={give.error} />
          </div>
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
