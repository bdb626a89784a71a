'use client';

import { useQuery } from '@tanstack/react-query';
import { BellRing, ShieldAlert, UserRoundCheck } from 'lucide-react';
import Link from 'next/link';
import { formatNumber, plural } from '@/components/format';
import { Page, PageHeader } from '@/components/layout';
import {
  LinkButton,
  Notice,
  Panel,
  Progress,
  QueryView,
  SkeletonText,
  Stat,
  Stats,
  TimeAgo,
  Until,
} from '@/components/ui';
import { useActor } from '@/lib/domains/workspaces';
import { campaignQuery } from '../queries';
import type { CampaignDetail } from '../schema';
import { CampaignHead } from './campaign-head';
import { CampaignItems } from './campaign-items';
import { decidedOf } from './look';

/** One access review: what is to decide, by whom, and what was decided. */
export function CampaignPage({ id }: { id: string }) {
  const query = useQuery(campaignQuery(id));
  return (
    <Page>
      <QueryView
        query={query}
        title="This access review could not be loaded"
        skeleton={
          <>
            <PageHeader
              title="Access review"
              back={{ href: '/access-reviews', label: 'Access reviews' }}
            />
            <SkeletonText lines={8} className="py-4" />
          </>
        }
      >
        {(campaign) => (
          <>
            <CampaignHead campaign={campaign} />
            <Notices campaign={campaign} />
            <Numbers campaign={campaign} />
            <Reviewers campaign={campaign} />
            <CampaignItems campaign={campaign} />
          </>
        )}
      </QueryView>
    </Page>
  );
}

function Notices({ campaign }: { campaign: CampaignDetail }) {
  const { id, progress, remindedAt, reminders, reviewers, dueAt } = campaign;
  const actor = useActor();
  if (campaign.state !== 'open') return null;
  const last = reminders.at(-1);
  const own = reviewers.find(({ reviewer }) => reviewer.id === actor?.id);
  return (
    <>
      {own && own.open > 0 ? (
        <Notice
          tone="hold"
          icon={last ? BellRing : UserRoundCheck}
          title={`${plural(own.open, 'item')} for you to decide`}
          action={
            <LinkButton
              size="sm"
              href={`/access-reviews/${id}?decision=open&reviewer=${own.reviewer.id}`}
            >
              Show them
            </LinkButton>
          }
        >
          <Until at={dueAt} />
          {last ? (
            <>
              , reminded <TimeAgo at={remindedAt} />
            </>
          ) : null}
        </Notice>
      ) : null}
      {progress.escalated > 0 ? (
        <Notice
          tone="hold"
          icon={ShieldAlert}
          title={`${plural(progress.escalated, 'item')} for an admin to decide`}
          action={
            <LinkButton size="sm" href={`/access-reviews/${id}?decision=escalated`}>
              Show them
            </LinkButton>
          }
        >
          Their agents have no sponsor who could decide, or nobody did by the date.
        </Notice>
      ) : null}
      {progress.requested > 0 ? (
        <Notice
          tone="deny"
          icon={ShieldAlert}
          title={`${plural(progress.requested, 'removal')} not carried out yet`}
          action={
            <LinkButton size="sm" href={`/access-reviews/${id}?effect=requested`}>
              Show them
            </LinkButton>
          }
        >
          Other agents are in the same role, so an admin says whether it loses the permission.
        </Notice>
      ) : null}
    </>
  );
}

function Numbers({ campaign: { progress } }: { campaign: CampaignDetail }) {
  const { open, confirmed, removed, lapsed, escalated, requested } = progress;
  const details = [
    lapsed ? `${formatNumber(lapsed)} since nobody decided` : '',
    requested ? `${formatNumber(requested)} not carried out yet` : '',
  ].filter(Boolean);
  return (
    <Stats>
      <Stat label="To decide" value={formatNumber(open)} tone={open ? 'hold' : 'neutral'} />
      <Stat label="Confirmed" value={formatNumber(confirmed)} />
      <Stat
        label="Removed"
        value={formatNumber(removed + lapsed)}
        detail={details.join(', ') || undefined}
      />
      <Stat
        label="Escalated"
        value={formatNumber(escalated)}
        tone={escalated ? 'hold' : 'neutral'}
      />
    </Stats>
  );
}

function Reviewers({ campaign: { reviewers, progress } }: { campaign: CampaignDetail }) {
  const done = decidedOf(progress);
  return (
    <Panel title="Progress" note={plural(reviewers.length, 'reviewer')}>
      <Progress
        label="Decided"
        value={done}
        max={progress.items}
        detail={`${formatNumber(done)} of ${formatNumber(progress.items)}`}
      />
      {reviewers.length > 0 ? (
        <ul className="mt-3 grid max-h-64 gap-x-6 gap-y-2 overflow-y-auto wide:grid-cols-2">
          {reviewers.map(({ reviewer, items, open }) => (
            <li key={reviewer.id} className="flex flex-wrap items-center gap-x-3">
              <Link
                href={`?reviewer=${reviewer.id}`}
                className="inline-flex min-h-6 min-w-0 flex-1 items-center truncate hover:underline"
              >
                {reviewer.name}
              </Link>
              <span className="num text-sm text-text-2">
                {open === 0
                  ? `all ${formatNumber(items)} done`
                  : `${formatNumber(open)} of ${formatNumber(items)} open`}
              </span>
            </li>
          ))}
        </ul>
      ) : null}
    </Panel>
  );
}
