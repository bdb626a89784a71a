'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import { ScrollText } from 'lucide-react';
import type { ReactNode } from 'react';
import { Classification, DataTable, type Column } from '@/components/data';
import { formatNumber, shortId } from '@/components/format';
import { EmptyState } from '@/components/ui';
import { eventsQuery, type UrlFilters } from '../queries';
import type { EventItem } from '../schema';
import { ActorName, OutcomeSign, RowTime, TierSign } from './atoms';
import { titleOf } from './describe';
import { useNames } from './use-names';

type NameOf = ReturnType<typeof useNames>['nameOf'];

const columns = (nameOf: NameOf): Column<EventItem>[] => [
  {
    id: 'what',
    header: 'What happened',
    fixed: true,
    phone: 'title',
    cell: (event) => (
      <span>
        <span className="font-medium">{titleOf(event)}</span>
        {event.summary ? <span className="ml-2 text-text-3">{event.summary}</span> : null}
      </span>
    ),
  },
  {
    id: 'outcome',
    header: 'Outcome',
    width: '124px',
    phone: 'aside',
    cell: (event) => <OutcomeSign outcome={event.outcome} />,
  },
  {
    id: 'tier',
    header: 'Tier',
    width: '64px',
    phone: 'aside',
    cell: (event) => (event.tier ? <TierSign tier={event.tier} /> : null),
  },
  {
    id: 'actor',
    header: 'Actor',
    width: '180px',
    cell: (event) => <ActorName actor={event.actor} nameOf={nameOf} />,
  },
  {
    id: 'agent',
    header: 'Agent',
    width: '160px',
    hidden: true,
    phone: 'hide',
    cell: (event) => (event.agent ? (nameOf(event.agent) ?? shortId(event.agent)) : null),
  },
  {
    id: 'classification',
    header: 'Classification',
    width: '140px',
    hidden: true,
    phone: 'hide',
    cell: (event) =>
      event.classification ? <Classification value={event.classification} /> : null,
  },
  {
    id: 'time',
    header: 'Time',
    width: '152px',
    cell: (event) => <RowTime at={event.time} />,
  },
  {
    id: 'index',
    header: 'Index',
    width: '92px',
    align: 'right',
    phone: 'hide',
    cell: (event) => <span className="text-text-3">{formatNumber(event.index)}</span>,
  },
];

/** Events that match, newest first. */
export function EventTable({
  filters,
  filtered,
  toolbar,
}: {
  filters: UrlFilters;
  filtered: boolean;
  toolbar: ReactNode;
}) {
  const query = useInfiniteQuery(eventsQuery(filters));
  const { nameOf } = useNames();
  return (
    <DataTable<EventItem>
      id="trail"
      label="Events"
      columns={columns(nameOf)}
      rowKey={(event) => event.id}
      rowHref={(event) => `/trail/${event.id}`}
      query={query}
      toolbar={toolbar}
      empty={
        filtered ? (
          <EmptyState icon={ScrollText} title="No event matches">
            Take a word or a filter away, or widen the time.
          </EmptyState>
        ) : (
          <EmptyState icon={ScrollText} title="Nothing has happened yet">
            Everything that is decided, approved or changed in this workspace appears here within a
            second.
          </EmptyState>
        )
      }
    />
  );
}
