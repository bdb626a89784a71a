'use client';

import { useQuery } from '@tanstack/react-query';
import { ChartLine } from 'lucide-react';
import { type Column, DataTable, FilterBar, LineChart } from '@/components/data';
import { formatNumber, formatPercent } from '@/components/format';
import { useUrlState } from '@/components/hooks';
import { EmptyState, Panel, QueryView, SkeletonText, Stat, Stats } from '@/components/ui';
import { type RateFilters, ratesQuery } from '../queries';
import type { NamedRate, Rate, ReviewRates, ReviewSummary } from '../schema';
import { Proposals } from './proposals';
import { allRates, rateHref } from './rate-href';

const periods = ['30', '90', '365'];

/** How often supervised actions are wrong, by agent and action type, and how sure that is. */
export function Rates({ agreement }: { agreement: ReviewSummary['agreement'] | undefined }) {
  const [url] = useUrlState({ ...allRates });
  const query = useQuery(ratesQuery(url));
  const everything = useQuery(ratesQuery({ ...allRates, days: url.days }));
  const options = (rates: NamedRate[] | undefined) =>
    (rates ?? []).map(({ key, name }) => ({ value: key, label: name }));
  return (
    <div className="grid gap-3.5">
      <FilterBar
        filters={[
          {
            param: 'days',
            label: 'Over',
            initial: allRates.days,
            options: periods.map((value) => ({ value, label: `${value} days` })),
          },
          { param: 'agent', label: 'Agent', options: options(everything.data?.by_agent) },
          {
            param: 'action_type',
            label: 'Action type',
            options: options(everything.data?.by_action_type),
          },
        ]}
      />
      <QueryView query={query} skeleton={<SkeletonText lines={8} />}>
        {(rates) => <Numbers rates={rates} agreement={agreement} filters={url} />}
      </QueryView>
    </div>
  );
}

function Numbers({
  rates,
  agreement,
  filters,
}: {
  rates: ReviewRates;
  agreement: ReviewSummary['agreement'] | undefined;
  filters: RateFilters;
}) {
  const { all, by_day: byDay } = rates;
  const drawn = byDay.filter(({ reviewed }) => reviewed > 0);
  return (
    <>
      <Proposals rates={rates} />
      <Stats>
        <Stat
          label="Wrong"
          value={share(all)}
          detail={all.reviewed ? `${interval(all)}, 95 %` : 'nothing is reviewed yet'}
          tone={all.wrong ? 'deny' : 'neutral'}
        />
        <Stat
          label="Reviewed"
          value={formatNumber(all.reviewed)}
          detail={`drawn in ${filters.days} days; they stand for ${formatNumber(all.population)} that ran`}
        />
        <Stat
          label="Unsure"
          value={formatNumber(all.unsure)}
          detail="count neither as correct nor as wrong"
        />
        <Stat
          label="Agreement"
          value={agreement?.kappa == null ? '–' : agreement.kappa.toFixed(2)}
          detail={
            agreement?.pairs
              ? `Cohen’s kappa of ${formatNumber(agreement.pairs)} blind pairs, 90 days`
              : 'no pair of blind reviews yet'
          }
        />
      </Stats>
      <Panel
        title="Wrong verdicts by day"
        note="Each verdict weighs as many actions as it stands for; with Wilson’s 95 % interval for that"
      >
        {drawn.length < 2 ? (
          <EmptyState compact icon={ChartLine} title="No two days are reviewed yet">
            Each verdict on the daily sample counts here, by the day that it was drawn from.
          </EmptyState>
        ) : (
          <LineChart
            label="Share of wrong verdicts by day"
            data={drawn.map((day) => ({
              at: day.day,
              values: {
                rate: day.rate ?? 0,
                low: day.low,
                high: day.high,
              },
            }))}
            series={[{ key: 'rate', label: 'Wrong', tone: 'deny' }]}
            band={{ low: 'low', high: 'high' }}
            format={formatPercent}
            summary={`${share(all)} in all, ${interval(all)} with 95 % confidence, by ${formatNumber(all.reviewed)} reviewed.`}
          />
        )}
      </Panel>
      <RateTable id="review-days-rates" label="By day" head="Day" rows={dayRows(byDay)} />
      <RateTable
        id="review-agents"
        label="By agent"
        head="Agent"
        rows={rates.by_agent}
        href={(key) => rateHref(filters, 'agent', key)}
      />
      <RateTable
        id="review-types"
        label="By action type"
        head="Action type"
        rows={rates.by_action_type}
        href={(key) => rateHref(filters, 'action_type', key)}
      />
    </>
  );
}

const dayRows = (days: ReviewRates['by_day']): NamedRate[] =>
  days.toReversed().map(({ day, ...rate }) => ({ key: day, name: day, ...rate }));

const share = ({ rate }: Rate) => (rate === null ? 'none yet' : formatPercent(rate));
const interval = ({ high, low }: Rate) => `${formatPercent(low)} to ${formatPercent(high)}`;

const numbers: Column<NamedRate>[] = [
  {
    id: 'rate',
    header: 'Wrong rate',
    align: 'right',
    phone: 'aside',
    cell: share,
    sortable: true,
    sortValue: ({ rate }) => rate ?? -1,
  },
  { id: 'interval', header: '95 % interval', align: 'right', cell: interval },
  { id: 'wrong', header: 'Wrong', align: 'right', cell: ({ wrong }) => formatNumber(wrong) },
  {
    id: 'reviewed',
    header: 'Correct or wrong',
    align: 'right',
    cell: ({ reviewed }) => formatNumber(reviewed),
  },
  {
    id: 'population',
    header: 'Of those that ran',
    align: 'right',
    cell: ({ population }) => formatNumber(population),
  },
  { id: 'unsure', header: 'Unsure', align: 'right', cell: ({ unsure }) => formatNumber(unsure) },
];

function RateTable({
  id,
  label,
  head,
  rows,
  href,
}: {
  id: string;
  label: string;
  head: string;
  rows: NamedRate[];
  /** Where a row leads. */
  href?: (key: string) => string;
}) {
  return (
    <Panel title={label} padded={false} className="overflow-hidden">
      <DataTable
        id={id}
        label={`Wrong verdicts, ${label.toLowerCase()}`}
        columns={[
          {
            id: 'name',
            header: head,
            width: '22%',
            fixed: true,
            phone: 'title',
            cell: ({ name }) => (
              <span className="font-medium [overflow-wrap:anywhere]">{name}</span>
            ),
          },
          ...numbers,
        ]}
        rows={rows}
        rowKey={({ key }) => key}
        {...(href ? { rowHref: ({ key }: NamedRate) => href(key) } : {})}
        sortParam={`sort-${id}`}
        shortcuts={false}
        empty={<EmptyState compact title="Nothing is reviewed yet" />}
      />
    </Panel>
  );
}
