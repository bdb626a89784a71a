'use client';

import { useQuery } from '@tanstack/react-query';
import { RotateCw } from 'lucide-react';
import { Button, Diff, Notice, Section, Skeleton, TimeAgo } from '@/components/ui';
import type { ReadAgain } from '../card/schema';
import { sourcesQuery } from '../queries';
import type { Approval } from '../schema';
import type { ContextQuery } from './not-read';

/** What has changed where it was read since the agent proposed it; looked up at opening. */
export function ChangedSources({
  approval,
  context,
}: {
  approval: Approval;
  context: ContextQuery;
}) {
  const can = context.data?.can.read_sources;
  const query = useQuery({ ...sourcesQuery(approval.id), enabled: can?.allowed === true });
  if (!can?.allowed) return null;
  return (
    <Section title="Changed since it was proposed">
      <div className="grid gap-2.5">
        {query.isPending ? <Skeleton className="h-5 w-60" /> : null}
        {query.isError ? <Notice tone="hold">{query.error.message}</Notice> : null}
        {query.data?.items.map((item) => (
          <Source key={item.action} item={item} />
        ))}
        <div>
          <Button
            size="sm"
            icon={RotateCw}
            loading={query.isFetching}
            onClick={() => void query.refetch()}
          >
            Read again
          </Button>
        </div>
      </div>
    </Section>
  );
}

function Source({ item }: { item: ReadAgain['items'][number] }) {
  const when = (
    <span className="note">
      read again <TimeAgo at={item.read_at} />
    </span>
  );
  if (item.error) {
    return (
      <p className="[overflow-wrap:anywhere] text-hold">
        {item.type}: {item.error} {when}
      </p>
    );
  }
  if (!item.changed) {
    return (
      <p>
        {item.type} answers the same as then. {when}
      </p>
    );
  }
  return (
    <div className="grid gap-1.5">
      <p className="font-medium text-hold">
        {item.type} answers something else than then. {when}
      </p>
      <Diff before={item.before} after={item.after} />
    </div>
  );
}
