'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { AreaChart, Bars, DataTable, StatusPill } from '@/components/data';
import { formatNumber, humanize, plural } from '@/components/format';
import { Page, PageHeader } from '@/components/layout';
import {
  EmptyState,
  ExactTime,
  Notice,
  Panel,
  QueryView,
  Stat,
  Stats,
  TimeAgo,
} from '@/components/ui';
import { overviewQuery } from '../queries';
import type { AgentAtRisk, Overview } from '../schema';
import { FirstStepsPanel } from './first-steps';

/** Why the pipeline denies, by the code of its reason. */
const reasonWords: Record<string, string> = {
  above_limit: 'Above what its roles permit',
  amount_missing: 'The amount is missing',
  clearance: 'Data above its clearance',
  condition_not_met: 'A condition is not met',
  environment: 'A tool in another environment',
  limit_amount: 'The amount of the day is used up',
  no_permission: 'No permission',
  parameter_precision: 'A number is too precise',
  parameter_unsafe: 'A parameter is unsafe',
  policy: 'Forbidden by a Cedar policy',
  policy_error: 'The policies could not be evaluated',
  rule_equals_session: 'Not whom the session is about',
  rule_range: 'A parameter is out of range',
};

const number = new Intl.NumberFormat('en');

export function OverviewPage() {
  const overview = useQuery(overviewQuery());
  return (
    <Page>
      <PageHeader title="Overview" subtitle="The last 24 hours" />
      <QueryView query={overview}>{(data) => <Content data={data} />}</QueryView>
    </Page>
  );
}

function Content({ data }: { data: Overview }) {
  return (
    <>
      {data.unknown > 0 && (
        <Notice tone="deny" title={`${plural(data.unknown, 'action')} without a known outcome`}>
          The connection to the tool was lost after the request was sent.{' '}
          <Link className="underline" href="/trail?outcome=unknown">
            Look at each of them
          </Link>{' '}
          and at the tool.
        </Notice>
      )}
      {data.trail.refused && (
        <Notice
          tone="deny"
          title={`The trail refuses ${plural(data.trail.refused.events, 'event')} of this workspace`}
        >
          The first has waited since <ExactTime at={data.trail.refused.oldest} />. Nothing of it is
          lost, and it is not in the trail yet; before long no action is accepted here until that is
          mended. Whoever operates Countersign finds the event and the reason in the log of the
          sequencer.
        </Notice>
      )}
      {data.unconfirmed > 0 && (
        <Notice tone="hold" title="A second admin is asked for">
          What {plural(data.unconfirmed, 'person', 'people')} may do here waits until another admin{' '}
          <Link className="underline" href="/settings?tab=members">
            confirms or rejects it
          </Link>
          .
        </Notice>
      )}
      {data.firstSteps ? <FirstStepsPanel steps={data.firstSteps} /> : null}
      <Figures data={data} />
      <Panel title="Decisions a minute" note="The last hour">
        <AreaChart
          label="Decisions a minute by outcome"
          unit="decision"
          series={[
            { key: 'allow', label: 'Allow', tone: 'allow' },
            { key: 'hold', label: 'Hold', tone: 'hold' },
            { key: 'deny', label: 'Deny', tone: 'deny' },
          ]}
          data={data.minutes.map(({ at, allow, hold, deny }) => ({
            at,
            values: { allow, hold, deny },
          }))}
        />
      </Panel>
      <div className="grid gap-3.5 wide:grid-cols-[2fr_1fr]">
        <AgentsAtRisk rows={data.agents.atRisk} />
        <Panel title="Why proposals were denied" note="The last 24 hours">
          {data.reasons.length === 0 ? (
            <EmptyState compact title="Nothing was denied" />
          ) : (
            <Bars
              label="Denials by reason"
              items={data.reasons.map(({ code, count }) => ({
                label: reasonWords[code] ?? humanize(code),
                value: count,
                tone: 'deny',
                href: '/trail?type=action.decided&outcome=deny',
              }))}
            />
          )}
        </Panel>
      </div>
    </>
  );
}

function Figures({ data }: { data: Overview }) {
  const { decisions, waiting, reviews, rotations, compliance, trail, agents } = data;
  const total = decisions.allow + decisions.hold + decisions.deny;
  return (
    <Stats>
      <Stat
        label="Decisions"
        value={number.format(total)}
        detail={`${decisions.lastMinute} in the last minute, ${plural(agents.acting, 'agent')} acting`}
        href="/trail?type=action.decided"
      />
      <Stat
        label="Waiting for a person"
        value={waiting.count}
        tone={waiting.count > 0 ? 'hold' : 'neutral'}
        detail={
          waiting.oldest ? (
            <>
              oldest <TimeAgo at={waiting.oldest} />
            </>
          ) : (
            'nothing waits'
          )
        }
        href="/approvals"
      />
      <Stat
        label="Denied"
        value={number.format(decisions.deny)}
        detail={
          total === 0 ? 'no decisions yet' : `${Math.round((100 * decisions.deny) / total)}% of all`
        }
        href="/trail?type=action.decided&outcome=deny"
      />
      <Stat
        label="Sample to review"
        value={reviews.open}
        tone={reviews.overdue > 0 ? 'deny' : 'neutral'}
        detail={reviews.overdue > 0 ? `${reviews.overdue} overdue` : 'none overdue'}
        href="/reviews"
      />
      {rotations.failed > 0 ? (
        <Stat
          label="Rotations failed"
          value={rotations.failed}
          tone="deny"
          detail={`${rotations.due} due, ${rotations.running} running`}
          href="/vault?tab=rotations"
        />
      ) : (
        <Stat
          label="Rotations due"
          value={rotations.due}
          detail={`none failed, ${rotations.running} running`}
          href="/vault"
        />
      )}
      <Stat
        label="Compliance"
        value={
          compliance.at
            ? `${compliance.passed} of ${compliance.passed + compliance.failed}`
            : 'Not run'
        }
        tone={compliance.failed > 0 ? 'hold' : compliance.at ? 'allow' : 'neutral'}
        detail={
          compliance.at ? (
            <>
              checks pass, <TimeAgo at={compliance.at} />
            </>
          ) : (
            'runs daily'
          )
        }
        href="/compliance"
      />
      <Stat
        label="Trail"
        value={verificationWord(trail.verification)}
        tone={
          trail.verification?.status === 'failed'
            ? 'deny'
            : trail.verification
              ? 'allow'
              : 'neutral'
        }
        detail={
          <>
            {trail.verification?.firstBad != null && (
              <>from index {formatNumber(trail.verification.firstBad)} on, </>
            )}
            {trail.verification && (
              <>
                <TimeAgo at={trail.verification.at} />,{' '}
              </>
            )}
            {(trail.lagMs / 1000).toFixed(1)} s behind
          </>
        }
        href="/trail"
      />
    </Stats>
  );
}

function verificationWord(verification: Overview['trail']['verification']): string {
  if (!verification) return 'Unverified';
  return verification.status === 'ok' ? 'Verified' : 'Damaged';
}

function AgentsAtRisk({ rows }: { rows: AgentAtRisk[] }) {
  return (
    <Panel title="Agents that need a look" padded={false}>
      <DataTable<AgentAtRisk>
        id="overview-agents"
        label="Agents that need a look"
        rows={rows}
        rowKey={(row) => row.id}
        rowHref={(row) => `/agents/${row.id}`}
        shortcuts={false}
        empty={<EmptyState compact title="No agent stands out" />}
        columns={[
          { id: 'name', width: '170px', header: 'Agent', cell: (row) => row.name, phone: 'title' },
          {
            id: 'state',
            width: '124px',
            header: 'State',
            cell: (row) => <StatusPill value={row.state} />,
            phone: 'aside',
          },
          { id: 'why', header: 'Why', cell: (row) => row.why, phone: 'line' },
          {
            id: 'sponsor',
            width: '130px',
            header: 'Sponsor',
            cell: (row) => row.sponsor ?? 'No sponsor',
            phone: 'line',
          },
          {
            id: 'denied',
            width: '84px',
            header: 'Denied',
            cell: (row) => row.denied,
            align: 'right',
            phone: 'hide',
          },
        ]}
      />
    </Panel>
  );
}
