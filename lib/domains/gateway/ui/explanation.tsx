'use client';

import { Check, CircleDashed, X } from 'lucide-react';
import Link from 'next/link';
import { Decision, Tier, type TierValue } from '@/components/data';
import {
  Badge,
  CopyId,
  cx,
  EmptyState,
  ExactTime,
  KeyValue,
  Notice,
  Panel,
  TimeAgo,
} from '@/components/ui';
import type { Explained, ExplanationResult, StageOutcome } from '../explain/schema';
import { Permissions } from './explained-permissions';

/** A decision with all that it came from: what was decided then, and what would be now. */
export function Explanation({ result }: { result: ExplanationResult }) {
  const { recorded, now, unavailable, same, versions } = result;
  return (
    <>
      {now ? (
        <Notice tone={toneOf(now.decision)} title={now.sentence}>
          {recorded
            ? 'As it would be decided now, at its own time and with what had been counted by then.'
            : null}
        </Notice>
      ) : (
        <Notice tone="hold">{unavailable}</Notice>
      )}
      {recorded ? <AsRecorded result={result} /> : null}
      {same === false ? (
        <Panel
          title="What changed between"
          note="policy versions since then that speak of it"
          padded={false}
        >
          {versions.length === 0 ? (
            <EmptyState compact title="No policy version">
              No version since then speaks of this agent and action type: the agent’s state or what
              was counted against its limits has changed.
            </EmptyState>
          ) : (
            <ul>
              {versions.map((version) => (
                <li key={version.id} className="border-b border-line px-3.5 py-2 last:border-b-0">
                  <Link
                    href={`/policies/${version.id}`}
                    className="inline-flex min-h-6 items-center font-medium hover:underline"
                  >
                    Version {version.number}
                  </Link>
                  <span className="note ml-2.5">
                    <TimeAgo at={version.at} />
                  </span>
                  <ul className="text-sm">
                    {version.changes.map((words) => (
                      <li key={words}>{words}</li>
                    ))}
                  </ul>
                </li>
              ))}
            </ul>
          )}
        </Panel>
      ) : null}
      {now ? <Now now={now} /> : null}
    </>
  );
}

function AsRecorded({ result: { recorded, same } }: { result: ExplanationResult }) {
  if (!recorded) return null;
  return (
    <Panel
      title="As it was decided"
      note={<ExactTime at={recorded.at} />}
      actions={
        same === null ? null : (
          <Badge tone={same ? 'neutral' : 'hold'}>{same ? 'the same now' : 'otherwise now'}</Badge>
        )
      }
    >
      <KeyValue
        items={[
          { label: 'Decision', value: <Decision value={recorded.decision} /> },
          recorded.tier
            ? { label: 'Tier', value: <Tier value={recorded.tier as TierValue} /> }
            : null,
          recorded.reasons.length > 0
            ? { label: 'Reasons', value: recorded.reasons.map(({ message }) => message).join(' ') }
            : null,
          recorded.permissions.length > 0
            ? {
                label: 'Permitted by',
                value: (
                  <ul>
                    {recorded.permissions.map(({ id, role, words }) => (
                      <li key={id}>
                        {role ? (
                          <>
                            <Link
                              href={`/roles/${role.id}`}
                              className="text-accent hover:underline"
                            >
                              {role.name}
                            </Link>
                            <span className="text-text-2">, now {words}</span>
                          </>
                        ) : (
                          (words ?? 'a permission that is not there any more')
                        )}
                      </li>
                    ))}
                  </ul>
                ),
              }
            : null,
          {
            label: 'Policies',
            value: (
              <span className="flex flex-wrap items-center gap-x-2.5">
                {recorded.version ? (
                  <Link
                    href={`/policies/${recorded.version.id}`}
                    className="text-accent hover:underline"
                  >
                    Version {recorded.version.number}
                  </Link>
                ) : null}
                <CopyId id={recorded.policyVersion} full />
              </span>
            ),
          },
        ]}
      />
    </Panel>
  );
}

function Now({ now }: { now: Explained }) {
  const { agent, tier, floors } = now;
  return (
    <>
      <Panel title="Stage by stage" padded={false}>
        <ol aria-label="Stages">
          {now.stages.map((stage, index) => (
            <Stage key={stage.stage} stage={stage} number={index + 1} />
          ))}
        </ol>
      </Panel>
      <Permissions now={now} />
      <Panel title="What it was asked of">
        <KeyValue
          items={[
            {
              label: 'Agent',
              value: (
                <Link href={`/agents/${agent.id}`} className="text-accent hover:underline">
                  {agent.name}
                </Link>
              ),
            },
            { label: 'Action type', value: <span className="mono">{now.actionType}</span> },
            tier ? { label: 'Tier', value: <Tier value={tier as TierValue} /> } : null,
            floors.length > 0
              ? { label: 'Raised by', value: floors.map(({ message }) => message).join(' ') }
              : null,
            { label: 'At', value: <ExactTime at={now.at} /> },
            { label: 'Policies', value: <CopyId id={now.policyVersion} full /> },
          ]}
        />
      </Panel>
    </>
  );
}

const looks = {
  passed: { icon: Check, word: 'passed', tone: 'text-allow' },
  refused: { icon: X, word: 'refused', tone: 'text-deny' },
  not_reached: { icon: CircleDashed, word: 'not reached', tone: 'text-text-3' },
};

function Stage({
  stage: { stage, outcome, words },
  number,
}: {
  stage: StageOutcome;
  number: number;
}) {
  const { icon: Icon, word, tone } = looks[outcome];
  return (
    <li className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-2.5 border-b border-line px-3.5 py-2 last:border-b-0 wide:grid-cols-[auto_130px_minmax(0,1fr)]">
      <Icon aria-label={word} className={cx('mt-1 size-3.5 shrink-0', tone)} strokeWidth={2} />
      <span className={cx('font-medium', outcome === 'not_reached' && 'text-text-3')}>
        <span className="num text-text-3">{number}</span> {stage}
      </span>
      <span className="text-text-2 max-wide:col-start-2">
        {outcome === 'not_reached' ? <span className="text-text-3">{words}</span> : words}
      </span>
    </li>
  );
}

function toneOf(decision: Explained['decision']) {
  return decision === 'refused' ? 'deny' : decision;
}
