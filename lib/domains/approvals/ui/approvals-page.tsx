'use client';

import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { CircleCheckBig, Inbox } from 'lucide-react';
import { useHydrated, useIsPhone, useUrlState } from '@/components/hooks';
import { Page, PageHeader } from '@/components/layout';
import { FilterBar, StatusPill, WorkList } from '@/components/data';
import { Checkbox, EmptyState, Kbd, Sentence, TimeAgo, Until } from '@/components/ui';
import { useActor } from '@/lib/domains/workspaces';
import { PickBar } from '../batch/pick-bar';
import { alikeKey, type Picks, usePicks } from '../batch/use-picks';
import { RowWarnings } from '../batch/warnings';
import { alikeWords } from '../batch/words';
import { CardOpened } from '../health/card-opened';
import { approvalCountQuery, approvalsQuery, watchedApproval } from '../queries';
import type { Approval, ApprovalCount } from '../schema';
import { ApprovalCard } from './approval-card';
import { ApprovalTabs } from './approval-tabs';
import { GlassNotice } from './glass-notice';
import { RoutingWarnings } from './routing/routing-warnings';
import { waitsForWords } from './signature-words';
import { sentenceOf } from './words';

const views = [
  { value: 'pending', label: 'waiting' },
  { value: 'decided', label: 'all decided' },
  { value: 'succeeded', label: 'succeeded' },
  { value: 'failed', label: 'failed' },
  { value: 'permitted', label: 'permitted elsewhere' },
  { value: 'unknown', label: 'outcome unknown' },
  { value: 'rejected', label: 'rejected' },
  { value: 'expired', label: 'expired' },
  { value: 'cancelled', label: 'cancelled' },
];

const whose = [
  { value: 'me', label: 'mine to decide' },
  { value: 'anyone', label: 'anyone' },
];

/** The queue beside one card. */
export function ApprovalsPage() {
  // Who may decide sees first what is theirs to decide.
  const actor = useActor();
  const initial = actor?.roles.includes('approver') ? 'me' : 'anyone';
  const [url] = useUrlState({ status: 'pending', agent: '', mine: initial });
  const mine = url.mine === 'me';
  const count = useQuery(approvalCountQuery()).data;
  const hydrated = useHydrated();
  // A phone shows the list alone; a card is opened there on its own page.
  const phone = useIsPhone();
  const filters = {
    ...(url.status === 'decided' ? { decided: 'true' } : { status: url.status }),
    ...(url.agent ? { agent: url.agent } : {}),
    ...(mine && url.status === 'pending' ? { mine: 'true' } : {}),
  };
  const query = useInfiniteQuery({ ...approvalsQuery(filters), enabled: actor !== undefined });
  const picks = usePicks(query.data?.pages.flatMap((page) => page.items) ?? []);
  const alikeHead = (rows: Approval[]) =>
    rows.some(picks.offered) ? <Alike rows={rows} picks={picks} /> : null;
  return (
    // Room for the bar over the end of the list on a phone.
    <Page className={picks.rows.length > 0 ? 'max-wide:pb-28' : ''}>
      <PageHeader
        title="Approvals"
        subtitle={hydrated && count ? waitingWords(count) : null}
        actions={
          <span className="note flex items-center gap-1.5 max-wide:hidden">
            <Kbd>j</Kbd> <Kbd>k</Kbd> move <Kbd>a</Kbd> approve <Kbd>r</Kbd> reject <Kbd>x</Kbd>{' '}
            pick
          </span>
        }
      />
      <GlassNotice />
      <RoutingWarnings />
      <ApprovalTabs />
      <FilterBar
        drops={['selected']}
        filters={[
          { param: 'status', label: 'Show', options: views, initial: 'pending' },
          ...(url.status === 'pending'
            ? [{ param: 'mine', label: 'For', options: whose, initial }]
            : []),
        ]}
      />
      <PickBar picks={picks} />
      <WorkList
        noun="action"
        label="Held actions"
        query={query}
        filters={filters}
        onShown={picks.onShown}
        detail={watchedApproval}
        href={(row) => `/approvals/${row.id}`}
        title={(row) => <Sentence>{sentenceOf(row)}</Sentence>}
        note={(row) => (
          <>
            <span className="truncate" title={row.agent.name}>
              {row.agent.name}
            </span>
            <TimeAgo at={row.requested_at} />
            {row.status === 'pending' ? (
              <>
                <Until at={row.expires_at} overdue="time is up" />
                <WaitsFor approval={row} />
                <RowWarnings approval={row} picked={picks.has(row)} />
              </>
            ) : (
              <StatusPill value={row.status} />
            )}
          </>
        )}
        isOpen={(row) => row.status === 'pending'}
        nextLabel="Next waiting action"
        card={(row, after) => (
          <>
            {phone ? null : <CardOpened approval={row} />}
            <ApprovalCard approval={row} after={after} picked={picks.rows.length} />
          </>
        )}
        {...(url.status === 'pending' ? { group: { of: alikeKey, head: alikeHead } } : {})}
        mark={(row) =>
          picks.offered(row) ? (
            <Checkbox
              aria-label={`Pick: ${sentenceOf(row)}`}
              checked={picks.has(row)}
              onCheckedChange={() => picks.toggle(row)}
            />
          ) : null
        }
        empty={<Nothing view={url.status} mine={mine} />}
      />
    </Page>
  );
}

/** "12 for you, 19 waiting" */
function waitingWords({ mine, pending }: ApprovalCount): string {
  if (pending === 0) return 'none waiting';
  const waiting = `${pending} waiting`;
  return mine === null ? waiting : `${mine > 99 ? '99+' : mine} for you, ${waiting}`;
}

/** How many stand together, and all of them picked with one press. */
function Alike({ rows, picks }: { rows: Approval[]; picks: Picks }) {
  const offered = rows.filter(picks.offered);
  const picked = offered.filter(picks.has).length;
  const all = picked === offered.length;
  return (
    <Checkbox
      checked={all ? true : picked > 0 ? 'indeterminate' : false}
      onCheckedChange={() => picks.toggleAll(offered)}
      label={alikeWords(offered)}
    />
  );
}

/** Whom it waits for, where that is not simply anyone. */
function WaitsFor({ approval }: { approval: Approval }) {
  const words = waitsForWords(approval);
  if (words === null) return null;
  return (
    <span className={approval.can.decide.allowed ? 'text-text-2' : undefined}>
      {words}
      {approval.can.decide.allowed ? ', yours to sign' : null}
    </span>
  );
}

function Nothing({ view, mine }: { view: string; mine: boolean }) {
  if (view === 'pending' && mine) {
    return (
      <EmptyState icon={CircleCheckBig} title="Nothing waits for you">
        What waits for others is under “For: anyone”.
      </EmptyState>
    );
  }
  if (view === 'pending') {
    return (
      <EmptyState icon={CircleCheckBig} title="Nothing waits for a person">
        Actions at tier 3 appear here the moment an agent proposes them. What was decided is under
        “Show: all decided”.
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={Inbox} title="No action like this yet">
      Choose another view above, or “waiting” for what can be decided now.
    </EmptyState>
  );
}
