'use client';

import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Lightbulb, ScanSearch } from 'lucide-react';
import { formatNumber, plural } from '@/components/format';
import { useUrlState } from '@/components/hooks';
import { Page, PageHeader } from '@/components/layout';
import {
  Button,
  EmptyState,
  LoadMore,
  Notice,
  Panel,
  Progress,
  QueryView,
  Select,
  SkeletonRows,
  Stat,
  Stats,
  TimeAgo,
  toast,
} from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { advisorKeys, advisorPaths, advisorQuery, findingsQuery } from '../../advisor/queries';
import { type Advisor, kinds, type Look } from '../../advisor/schema';
import { FindingRow } from './finding-row';
import { kindNames } from './look';

/** What is granted and was not needed, each with the way to a draft. */
export function AdvisorPage() {
  const query = useQuery(advisorQuery());
  return (
    <Page>
      <QueryView
        query={query}
        title="The advisor could not be loaded"
        skeleton={<SkeletonRows rows={8} />}
      >
        {(advisor) => <Loaded advisor={advisor} />}
      </QueryView>
    </Page>
  );
}

function Loaded({ advisor }: { advisor: Advisor }) {
  const client = useQueryClient();
  const { latest, shown, counts, dismissed, can } = advisor;
  const fresh = () => client.invalidateQueries({ queryKey: advisorKeys.all });
  const look = useMutation({
    mutationFn: () => api.post<Look>(advisorPaths.look),
    onSuccess: fresh,
    onError: (error) => toast.error(error, 'Not begun'),
  });
  const cancel = useMutation({
    mutationFn: () => api.post(advisorPaths.cancel),
    onSuccess: fresh,
    onError: (error) => toast.error(error, 'Not cancelled'),
  });
  const again = (
    <Button icon={ScanSearch} can={can.look} loading={look.isPending} onClick={() => look.mutate()}>
      {shown ? 'Look again now' : 'Look now'}
    </Button>
  );
  return (
    <>
      <PageHeader
        title="Advisor"
        subtitle="What is granted and was not needed"
        back={{ href: '/policies', label: 'Policies' }}
        meta={shown ? <Over look={shown} /> : null}
        actions={again}
      />
      {latest && (latest.status === 'queued' || latest.status === 'running') ? (
        <Panel>
          <Progress
            label={latest.status === 'queued' ? 'Waiting to begin' : 'Counting recorded use'}
            value={latest.done}
            max={latest.total}
            detail={`step ${latest.done} of ${latest.total}`}
            indeterminate={latest.status === 'queued'}
            {...(can.cancel.allowed ? { onCancel: () => cancel.mutate() } : {})}
          />
        </Panel>
      ) : null}
      {latest?.status === 'failed' ? <Notice tone="deny">{latest.error}</Notice> : null}
      {shown && advisor.versionsSince > 0 ? (
        <Notice tone="hold">
          Policies have changed since: {plural(advisor.versionsSince, 'version')}. Some of this may
          not be so any more.
        </Notice>
      ) : null}
      {shown ? (
        <>
          <Stats>
            {kinds.map((kind) => (
              <Stat
                key={kind}
                label={kindNames[kind]}
                value={formatNumber(counts[kind] ?? 0)}
                href={`/policies/advisor?kind=${kind}`}
              />
            ))}
          </Stats>
          <Findings look={shown.id} can={can.decide} dismissed={dismissed} />
        </>
      ) : (
        <Panel>
          <EmptyState icon={Lightbulb} title="The advisor has not looked yet" action={again}>
            It looks at the last 30 days every night. You need not wait for that.
          </EmptyState>
        </Panel>
      )}
    </>
  );
}

/** Over which time it looked: shorter than asked for where there was nothing to look at before. */
function Over({ look }: { look: Look }) {
  const asked = Date.parse(look.createdAt) - look.days * 86_400_000;
  const short = look.since !== null && Date.parse(look.since) - asked > 86_400_000;
  return (
    <>
      <span>
        {plural(look.actions, 'action')} of {plural(look.days, 'day')}
      </span>
      {short ? (
        <span>
          nothing is recorded before <TimeAgo at={look.since} />
        </span>
      ) : null}
      <span>
        looked <TimeAgo at={look.finishedAt} />
      </span>
    </>
  );
}

function Findings({
  look,
  can,
  dismissed,
}: {
  look: string;
  can: Advisor['can']['decide'];
  dismissed: number;
}) {
  const [url, setUrl] = useUrlState({ kind: '', agent: '', dismissed: '' });
  const query = useInfiniteQuery(findingsQuery(url, look));
  return (
    <Panel
      title="Findings"
      padded={false}
      actions={
        <>
          {url.agent ? (
            <Button size="sm" onClick={() => setUrl({ agent: '' })}>
              Of all agents
            </Button>
          ) : null}
          <Select
            aria-label="Kind of finding"
            value={url.kind}
            onValueChange={(kind) => setUrl({ kind })}
            options={[
              { value: '', label: 'Every kind' },
              ...kinds.map((kind) => ({ value: kind, label: kindNames[kind] })),
            ]}
          />
          <Button
            size="sm"
            aria-pressed={url.dismissed === 'true'}
            onClick={() => setUrl({ dismissed: url.dismissed === 'true' ? '' : 'true' })}
          >
            {url.dismissed === 'true' ? 'Show open ones' : `Dismissed (${formatNumber(dismissed)})`}
          </Button>
        </>
      }
    >
      <QueryView query={query} skeleton={<SkeletonRows rows={6} />}>
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items);
          return items.length === 0 ? (
            <EmptyState compact icon={Lightbulb} title="Nothing">
              {url.dismissed === 'true'
                ? 'Nothing is dismissed.'
                : 'Everything that is granted was needed, as far as this was looked at.'}
            </EmptyState>
          ) : (
            <ul aria-label="Findings">
              {items.map((finding) => (
                <FindingRow key={finding.id} finding={finding} can={can} />
              ))}
            </ul>
          );
        }}
      </QueryView>
      <LoadMore query={query} />
    </Panel>
  );
}
