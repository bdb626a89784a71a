'use client';

import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { CircleCheckBig, Inbox } from 'lucide-react';
import { useHydrated, useIsPhone, useUrlState } from '@/components/hooks';
import { Page, PageHeader } from '@/components/layout';
import { FilterBar, StatusPill, WorkList } from '@/components/data';
import { Checkbox, EmptyState, Kbd, TimeAgo, Until } from '@/components/ui';
import { PickBar } from '../batch/pick-bar';
import { alikeKey, type Picks, usePicks } from '../batch/use-picks';
import { alikeWords } from '../batch/words';
import { CardOpened } from '../health/card-opened';
import { approvalCountQuery, approvalsQuery, watchedApproval } from '../queries';
import type { Approval } from '../schema';
import { ApprovalCard } from './approval-card';
import { ApprovalTabs } from './approval-tabs';
import { GlassNotice } from './glass-notice';
import { RoutingWarnings } from './routing/routing-warnings';
import { waitsForWords } from './signature-words';

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
  { value: '', label: 'anyone' },
  { value: 'me', label: 'mine to decide' },
];

/** The queue beside one card. */
export function ApprovalsPage() {
  const [url] = useUrlState({ status: 'pending', agent: '', mine: '' });
  const count = useQuery(approvalCountQuery()).data;
  const hydrated = useHydrated();
  // A phone shows the list alone; a card is opened there on its own page.
  const phone = useIsPhone();
  const query = useInfiniteQuery(
    approvalsQuery({
      ...(url.status === 'decided' ? { decided: 'true' } : { status: url.status }),
      ...(url.agent ? { agent: url.agent } : {}),
      ...(url.mine && url.status === 'pending' ? { mine: 'true' } : {}),
    }),
  );
  const picks = usePicks(query.data?.pages.flatMap((page) => page.items) ?? []);
  const alikeHead = (rows: Approval[]) =>
    rows.some(picks.offered) ? <Alike rows={rows} picks={picks} /> : null;
  return (
    <Page>
      <PageHeader
        title="Approvals"
        subtitle={
          hydrated && count ? (count.pending ? `${count.pending} waiting` : 'none waiting') : null
        }
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
        filters={[
          { param: 'status', label: 'Show', options: views, initial: 'pending' },
          ...(url.status === 'pending' ? [{ param: 'mine', label: 'For', options: whose }] : []),
        ]}
      />
      <PickBar picks={picks} />
      <WorkList
        noun="action"
        label="Held actions"
        query={query}
        onShown={picks.onShown}
        detail={watchedApproval}
        href={(row) => `/approvals/${row.id}`}
        title={(row) => row.display.narrowed?.sentence ?? row.display.sentence}
        note={(row) => (
          <>
            <span className="truncate">{row.agent.name}</span>
            <TimeAgo at={row.requested_at} />
            {row.status === 'pending' ? (
              <>
                <Until at={row.expires_at} overdue="time is up" />
                <WaitsFor approval={row} />
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
            <ApprovalCard approval={row} after={after} />
          </>
        )}
        {...(url.status === 'pending' ? { group: { of: alikeKey, head: alikeHead } } : {})}
        mark={(row) =>
          picks.offered(row) ? (
            <Checkbox
              aria-label={`Pick: ${row.display.sentence}`}
              checked={picks.has(row)}
              onCheckedChange={() => picks.toggle(row)}
            />
          ) : null
        }
        empty={<Nothing view={url.status} mine={url.mine !== ''} />}
      />
    </Page>
  );
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
