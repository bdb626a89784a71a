'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import { CircleCheckBig } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import { FilterBar, StatusPill } from '@/components/data';
import { useUrlState } from '@/components/hooks';
import {
  Button,
  EmptyState,
  ExternalText,
  LoadMore,
  Panel,
  QueryView,
  SkeletonRows,
  TimeAgo,
} from '@/components/ui';
import { findingsQuery } from '../queries';
import type { ReviewFinding } from '../schema';
import { FollowUpDialog } from './follow-up-dialog';
import { type FollowUpDo, followUpWords, reasonWords } from './words';

/** What wrong verdicts opened: what was wrong, what was done about it, what can be. */
export function FindingsList() {
  const [url] = useUrlState({ status: 'open' });
  const query = useInfiniteQuery(findingsQuery(url.status));
  return (
    <div className="grid gap-3.5">
      <FilterBar
        filters={[
          {
            param: 'status',
            label: 'Findings',
            initial: 'open',
            options: [
              { value: 'open', label: 'open' },
              { value: 'closed', label: 'closed' },
            ],
          },
        ]}
      />
      <Panel padded={false}>
        <QueryView query={query} skeleton={<SkeletonRows rows={4} />}>
          {({ pages }) => {
            const items = pages.flatMap((page) => page.items);
            return items.length === 0 ? (
              <EmptyState icon={CircleCheckBig} title={`No ${url.status} finding`}>
                A verdict of wrong opens one, and it stays open until somebody has said what was
                done.
              </EmptyState>
            ) : (
              <ul aria-label="Findings">
                {items.map((finding) => (
                  <FindingRow key={finding.id} finding={finding} />
                ))}
              </ul>
            );
          }}
        </QueryView>
        <LoadMore query={query} />
      </Panel>
    </div>
  );
}

const offers: { do: FollowUpDo; label: string }[] = [
  { do: 'correct', label: 'Corrected…' },
  { do: 'tighten', label: 'Tighten…' },
  { do: 'probation', label: 'Probation…' },
  { do: 'isolate', label: 'Isolate…' },
  { do: 'close', label: 'Close…' },
];

function FindingRow({ finding }: { finding: ReviewFinding }) {
  const { action, can, close_note, closed_at, closed_by, sample } = finding;
  const [asking, setAsking] = useState<FollowUpDo | null>(null);
  return (
    <li
      id={finding.id}
      aria-label={action.summary}
      className="grid gap-2.5 border-b border-line px-3.5 py-3 last:border-b-0"
    >
      <div className="grid gap-1">
        <h3 className="font-medium [overflow-wrap:anywhere]">
          <Link href={`/reviews/${sample.id}`} className="text-accent hover:underline">
            {action.summary}
          </Link>
        </h3>
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-text-2">
          <Link href={`/agents/${action.agent.id}`} className="text-accent hover:underline">
            {action.agent.name}
          </Link>
          <StatusPill value={action.agent.state} />
          <span className="font-mono text-xs">{action.type}</span>
          <span>
            found by {finding.opened_by.name}, <TimeAgo at={finding.opened_at} />
          </span>
          {sample.reason ? <span>{reasonWords[sample.reason]}</span> : null}
        </div>
      </div>
      {sample.note ? <ExternalText note="The reviewer’s note.">{sample.note}</ExternalText> : null}
      {finding.follow_ups.length > 0 ? (
        <ol aria-label="What was done" className="grid gap-1 text-sm">
          {finding.follow_ups.map((one) => (
            <li key={one.id} className="flex flex-wrap gap-x-2">
              <span className="font-medium">
                {one.draft ? (
                  <Link
                    href={`/policies/drafts/${one.draft}`}
                    className="text-accent hover:underline"
                  >
                    {followUpWords[one.kind]}
                  </Link>
                ) : (
                  followUpWords[one.kind]
                )}
              </span>
              <span className="text-text-2">
                by {one.by.name}, <TimeAgo at={one.at} />
              </span>
              {one.note ? <span className="[overflow-wrap:anywhere]">{one.note}</span> : null}
            </li>
          ))}
        </ol>
      ) : null}
      {closed_by ? (
        <p className="text-sm text-text-2">
          Closed by {closed_by.name}, <TimeAgo at={closed_at} />
          {close_note ? `: ${close_note}` : ''}
        </p>
      ) : (
        <div className="flex flex-wrap gap-2">
          {offers.map((offer) => (
            <Button
              key={offer.do}
              size="sm"
              can={can[offer.do]}
              onClick={() => setAsking(offer.do)}
            >
              {offer.label}
            </Button>
          ))}
        </div>
      )}
      {asking ? (
        <FollowUpDialog finding={finding} what={asking} onClose={() => setAsking(null)} />
      ) : null}
    </li>
  );
}
