'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import { FileDown } from 'lucide-react';
import { Page, PageHeader } from '@/components/layout';
import {
  EmptyState,
  ErrorState,
  LinkButton,
  LoadMore,
  NoAccess,
  Panel,
  SkeletonRows,
} from '@/components/ui';
import type { Verdict } from '@/lib/kernel/verdict';
import { useNames } from '../../ui/use-names';
import { exportsQuery } from '../queries';
import { ExportItem } from './export-item';

/** Exports that jobs make as files: how far each is, and the files themselves. */
export function ExportsPage({ can }: { can: Verdict }) {
  return (
    <Page width="wide">
      <PageHeader
        title="Exports"
        subtitle="Files are deleted after seven days. Each download is recorded in the trail."
        back={{ href: '/trail', label: 'Trail' }}
      />
      <Panel padded={false}>{can.allowed ? <List /> : <NoAccess reason={can.reason} />}</Panel>
    </Page>
  );
}

function List() {
  const query = useInfiniteQuery(exportsQuery());
  const { nameOf } = useNames();
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  if (query.isPending) return <SkeletonRows rows={4} />;
  if (query.isError && items.length === 0) {
    return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  }
  if (items.length === 0) {
    return (
      <EmptyState
        icon={FileDown}
        title="No export has been prepared"
        action={<LinkButton href="/trail">Open the trail</LinkButton>}
      >
        Search the trail for what you need, choose Export and prepare it as a file.
      </EmptyState>
    );
  }
  return (
    <>
      <ul aria-label="Exports">
        {items.map((item) => (
          <ExportItem key={item.id} item={item} nameOf={nameOf} />
        ))}
      </ul>
      <LoadMore query={query} />
    </>
  );
}
