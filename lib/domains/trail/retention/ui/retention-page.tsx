'use client';

import { useQuery } from '@tanstack/react-query';
import { Suspense } from 'react';
import { Page, PageHeader } from '@/components/layout';
import { NoAccess, Panel, QueryView, SkeletonRows } from '@/components/ui';
import type { Verdict } from '@/lib/kernel/verdict';
import { retentionQuery } from '../queries';
import { HoldsPanel } from './holds-panel';
import { PeriodsForm } from './periods-form';
import { Removals } from './removals';

/** How long the trail keeps what, what that will take, and what must not go. */
export function RetentionPage({ can }: { can: Verdict }) {
  return (
    <Page width="wide">
      <PageHeader
        back={{ href: '/settings', label: 'Settings' }}
        title="Retention and legal holds"
        subtitle="What is past its period and under no hold is removed once a day; every proof still holds"
      />
      {can.allowed ? (
        <Suspense fallback={<SkeletonRows rows={8} />}>
          <Retention />
        </Suspense>
      ) : (
        <Panel>
          <NoAccess reason={can.reason} />
        </Panel>
      )}
    </Page>
  );
}

function Retention() {
  const query = useQuery(retentionQuery());
  return (
    <QueryView query={query}>
      {(view) => (
        <div className="grid gap-3.5">
          <PeriodsForm view={view} />
          <HoldsPanel place={view.can.place} />
          <Removals view={view} />
        </div>
      )}
    </QueryView>
  );
}
