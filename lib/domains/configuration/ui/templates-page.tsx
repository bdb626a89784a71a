'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { Page, PageHeader } from '@/components/layout';
import { Panel, QueryView, SkeletonRows } from '@/components/ui';
import { templatesQuery } from '../queries';

/** Standard agents to begin with. */
export function TemplatesPage() {
  const query = useQuery(templatesQuery());
  return (
    <Page>
      <PageHeader
        title="Templates"
        subtitle="Standard agents with their roles, limits and a first threat model"
        back={{ href: '/agents', label: 'Agents' }}
      />
      <QueryView
        query={query}
        title="The templates could not be loaded"
        skeleton={<SkeletonRows rows={12} />}
      >
        {({ items }) => (
          <Panel padded={false}>
            <ul aria-label="Templates">
              {items.map(({ id, title, summary }) => (
                <li key={id} className="border-b border-line last:border-b-0">
                  <Link
                    href={`/agents/templates/${id}`}
                    className="grid min-h-11 content-center gap-0.5 px-3.5 py-2 hover:bg-raised"
                  >
                    <span className="font-medium">{title}</span>
                    <span className="note">{summary}</span>
                  </Link>
                </li>
              ))}
            </ul>
          </Panel>
        )}
      </QueryView>
    </Page>
  );
}
