'use client';

import { useQuery } from '@tanstack/react-query';
import { CircleHelp } from 'lucide-react';
import { useUrlState } from '@/components/hooks';
import { Page, PageHeader } from '@/components/layout';
import { CopyId, EmptyState, LinkButton, Panel, QueryView, SkeletonRows } from '@/components/ui';
import { explanationQuery } from '../explain/queries';
import { ExplainForm } from './explain-form';
import { Explanation } from './explanation';
import { noQuestion, questionOf } from './question';

/** Why something was decided as it was, or would be decided as it would; the question is in the address. */
export function ExplainPage() {
  const [url, setUrl] = useUrlState(noQuestion);
  const { question, errors } = questionOf(url);
  const query = useQuery(explanationQuery(question));
  const recorded = url.action !== '';
  return (
    <Page width="wide">
      <PageHeader
        title="Explain"
        subtitle={
          recorded ? 'Why it was decided as it was' : 'How an action would be decided, and why'
        }
        back={
          recorded
            ? { href: `/trail/actions/${url.action}`, label: 'The action’s story' }
            : { href: '/policies', label: 'Policies' }
        }
        meta={recorded ? <CopyId id={url.action} label="action" /> : null}
        actions={
          recorded ? <LinkButton href="/policies/explain">Ask about another</LinkButton> : null
        }
      />
      {recorded ? null : (
        <ExplainForm
          url={url}
          errors={errors}
          problem={query.error}
          pending={query.isFetching}
          onChange={(patch) => setUrl({ ...patch, ask: '' })}
          onAsk={() => (question ? void query.refetch() : setUrl({ ask: '1' }))}
        />
      )}
      {question ? (
        <QueryView
          query={query}
          title="This could not be explained"
          skeleton={<SkeletonRows rows={8} />}
        >
          {(result) => <Explanation result={result} />}
        </QueryView>
      ) : (
        <Panel>
          <EmptyState compact icon={CircleHelp} title="Nothing asked yet">
            Choose an agent and an action type. Nothing runs, and nothing is recorded but that you
            asked.
          </EmptyState>
        </Panel>
      )}
    </Page>
  );
}
