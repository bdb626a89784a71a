'use client';

import { ArrowUp } from 'lucide-react';
import type { RefObject } from 'react';
import { formatNumber, plural } from '@/components/format';
import { Button, Switch } from '@/components/ui';
import type { UrlFilters } from '../queries';
import { useFollow } from './use-follow';

/** Whether new events come by themselves; what waits is announced and comes when asked for. */
export function Follow({
  filters,
  follow,
  setFollow,
  top,
}: {
  filters: UrlFilters;
  follow: boolean;
  setFollow: (on: boolean) => void;
  top: RefObject<HTMLElement | null>;
}) {
  const { waiting, grown, show } = useFollow(filters, follow, top);
  const count = follow ? waiting : grown;
  // How much the log has grown says nothing of how much of it matches.
  const growth = Object.values(filters).some((value) => value !== '') && !follow;
  return (
    <>
      <span role="status">
        {count > 0 ? (
          <Button size="sm" icon={ArrowUp} onClick={show}>
            {growth ? `${formatNumber(count)} newer in the log` : plural(count, 'newer event')}
          </Button>
        ) : null}
      </span>
      <Switch label="Follow" checked={follow} onCheckedChange={setFollow} />
    </>
  );
}
