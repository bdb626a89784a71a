'use client';

import { useQuery } from '@tanstack/react-query';
import { Page, PageHeader } from '@/components/layout';
import { LinkButton, Panel, QueryView, SkeletonText } from '@/components/ui';
import { sampleQuery } from '../queries';
import { SampleCard } from './sample-card';

/** One sampled action at its own address. */
export function ReviewPage({ id }: { id: string }) {
  const query = useQuery(sampleQuery(id));
  return (
    <Page width="wide">
      <PageHeader
        title="Review"
        tab={query.data && `Review: ${query.data.action.summary}`}
        back={{ href: '/reviews', label: 'Reviews' }}
      />
      <QueryView
        query={query}
        title="This sample could not be loaded"
        skeleton={
          <Panel>
            <SkeletonText lines={8} className="py-4" />
          </Panel>
        }
      >
        {(sample) => (
          <SampleCard
            sample={sample}
            after={<LinkButton href="/reviews">Back to the sample</LinkButton>}
          />
        )}
      </QueryView>
    </Page>
  );
}
