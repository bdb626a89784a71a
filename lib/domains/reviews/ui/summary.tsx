'use client';

import { formatDay, formatNumber, formatPercent } from '@/components/format';
import { type Column, DataTable } from '@/components/data';
import { EmptyState, Stat, Stats } from '@/components/ui';
import type { ReviewDay, ReviewSummary } from '../schema';

/** Share of wrong verdicts among those given, which is no estimate for all that ran; null while there is none. */
function wrongRate(day: Pick<ReviewDay, 'reviewed' | 'wrong'>): number | null {
  return day.reviewed === 0 ? null : day.wrong / day.reviewed;
}

const rate = (day: Pick<ReviewDay, 'reviewed' | 'wrong'>) => {
  const share = wrongRate(day);
  return share === null ? <span className="text-text-3">none yet</span> : formatPercent(share);
};

const columns: Column<ReviewDay>[] = [
  {
    id: 'day',
    header: 'Day',
    fixed: true,
    phone: 'title',
    sortable: true,
    sortValue: (day) => day.day,
    cell: (day) => <span className="font-medium">{formatDay(day.day)}</span>,
  },
  {
    id: 'population',
    header: 'Ran at tier 2',
    align: 'right',
    cell: (day) =>
      day.population === null ? (
        <span className="text-text-3">not drawn yet</span>
      ) : (
        formatNumber(day.population)
      ),
  },
  {
    id: 'late',
    header: 'Of them late',
    align: 'right',
    cell: (day) => formatNumber(day.late),
  },
  { id: 'sampled', header: 'Sampled', align: 'right', cell: (day) => formatNumber(day.sampled) },
  { id: 'reviewed', header: 'Reviewed', align: 'right', cell: (day) => formatNumber(day.reviewed) },
  { id: 'correct', header: 'Correct', align: 'right', cell: (day) => formatNumber(day.correct) },
  {
    id: 'wrong',
    header: 'Wrong',
    align: 'right',
    cell: (day) => (
      <span className={day.wrong ? 'font-medium text-deny' : undefined}>
        {formatNumber(day.wrong)}
      </span>
    ),
  },
  { id: 'unsure', header: 'Unsure', align: 'right', cell: (day) => formatNumber(day.unsure) },
  { id: 'rate', header: 'Wrong of reviewed', align: 'right', phone: 'aside', cell: rate },
  {
    id: 'overdue',
    header: 'Overdue',
    align: 'right',
    cell: (day) => (
      <span className={day.overdue ? 'font-medium text-hold' : undefined}>
        {formatNumber(day.overdue)}
      </span>
    ),
  },
];

const total = (days: ReviewDay[], of: keyof Omit<ReviewDay, 'day'>) =>
  days.reduce((sum, day) => sum + (day[of] ?? 0), 0);

/** Coverage and verdicts at a glance. */
export function SummaryStats({ summary }: { summary: ReviewSummary }) {
  const { days, open } = summary;
  const reviewed = total(days, 'reviewed');
  const sampled = total(days, 'sampled');
  const overdue = total(days, 'overdue');
  const wrong = total(days, 'wrong');
  return (
    <Stats>
      <Stat
        label="To review"
        value={formatNumber(open)}
        tone={open ? 'hold' : 'neutral'}
        detail={overdue ? `${formatNumber(overdue)} overdue` : 'none overdue'}
      />
      <Stat
        label="Reviewed"
        value={`${formatNumber(reviewed)} / ${formatNumber(sampled)}`}
        detail="of the sample, 30 days"
      />
      <Stat
        label="Wrong"
        value={rate({ reviewed, wrong })}
        detail={`${formatNumber(wrong)} of ${formatNumber(reviewed)} verdicts`}
        tone={wrong ? 'deny' : 'neutral'}
      />
      <Stat label="Unsure" value={formatNumber(total(days, 'unsure'))} detail="need another look" />
    </Stats>
  );
}

/** The same numbers by day. */
export function SummaryTable({ days }: { days: ReviewDay[] }) {
  return (
    <DataTable
      id="review-days"
      label="Reviews by day"
      columns={columns}
      rows={days}
      rowKey={(day) => day.day}
      rowHref={(day) => `/reviews?show=all&day=${day.day}`}
      shortcuts={false}
      empty={
        <EmptyState compact title="No sample has been drawn yet">
          A day is closed when it is over where the workspace is. A few minutes later, when its
          closing is in the signed log, the sample is drawn by a seed that nobody could know before.
        </EmptyState>
      }
    />
  );
}
