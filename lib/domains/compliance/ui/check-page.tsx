'use client';

import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { DataTable, StatusPill } from '@/components/data';
import { shortId } from '@/components/format';
import { Page, PageHeader } from '@/components/layout';
import {
  EmptyState,
  ExactTime,
  KeyValue,
  LinkButton,
  Panel,
  QueryView,
  TimeAgo,
} from '@/components/ui';
import { checkHistoryQuery, checksQuery } from '../queries';
import type { CheckResult, CheckView } from '../schema';
import { statusMap } from './status';
import { VerifiedSince } from './verified-since';
import { examinedWords, listOf, pageOf, seenWords } from './words';

const back = { href: '/compliance', label: 'Compliance' };

export function CheckPage({ checkKey }: { checkKey: string }) {
  const checks = useQuery(checksQuery());
  return (
    <Page>
      <QueryView query={checks}>
        {({ items }) => {
          const check = items.find(({ key }) => key === checkKey);
          if (!check) {
            return (
              <EmptyState
                title="There is no such check"
                action={<LinkButton href="/compliance">All checks</LinkButton>}
              />
            );
          }
          return <Check check={check} />;
        }}
      </QueryView>
    </Page>
  );
}

function Check({ check }: { check: CheckView }) {
  const { latest } = check;
  return (
    <>
      <PageHeader title={check.title} subtitle={check.question} back={back} />
      <Panel title="Latest result">
        {latest ? (
          <KeyValue
            items={[
              { label: 'Result', value: <StatusPill value={latest.status} map={statusMap} /> },
              {
                label: 'What was seen',
                value: (
                  <>
                    {seenWords(latest)}
                    <VerifiedSince result={latest} />
                  </>
                ),
              },
              { label: 'Looked at', value: <LookedAt result={latest} question={check.question} /> },
              { label: 'Checked', value: <ExactTime at={latest.at} /> },
            ]}
          />
        ) : (
          <EmptyState compact title="Not run yet">
            It runs within a few minutes of the start, or by hand from the list.
          </EmptyState>
        )}
      </Panel>
      {latest && latest.evidence.found.length > 0 && <Evidence result={latest} />}
      <History checkKey={check.key} />
    </>
  );
}

/** What the question was put to, and where to see it. */
function LookedAt({ result, question }: { result: CheckResult; question: string }) {
  const { check, evidence } = result;
  const href = listOf(check);
  return (
    <span className="inline-flex flex-wrap items-center gap-x-2">
      <span>
        {examinedWords(result)}
        {evidence.examined > 0 ? `, asked of each: ${question}` : ''}
      </span>
      {href ? (
        <Link
          href={href}
          className="inline-flex min-h-6 items-center text-sm text-accent hover:underline"
        >
          See them
        </Link>
      ) : null}
    </span>
  );
}

function Evidence({ result }: { result: CheckResult }) {
  const rows = result.evidence.found.map((found, index) => ({ index, found }));
  const note = result.evidence.more > 0 ? `and ${result.evidence.more} more` : undefined;
  return (
    <Panel title="Evidence" {...(note ? { note } : {})} padded={false}>
      <DataTable<(typeof rows)[number]>
        id="compliance-evidence"
        label="Evidence"
        rows={rows}
        rowKey={(row) => String(row.index)}
        shortcuts={false}
        empty={null}
        columns={[
          {
            id: 'what',
            header: 'What',
            cell: ({ found }) => <Subject check={result.check} found={found} />,
            phone: 'title',
          },
          {
            id: 'why',
            header: 'Why',
            cell: ({ found }) => String(found['why'] ?? ''),
            phone: 'line',
          },
        ]}
      />
    </Panel>
  );
}

function Subject({ check, found }: { check: string; found: Record<string, unknown> }) {
  const [kind] = Object.keys(found);
  const id = kind ? String(found[kind]) : '';
  const words = [found['name'], found['role'], found['action_type']].filter(Boolean).join(', ');
  const label = words || (kind === 'why' ? 'Verifications of the trail' : shortId(id));
  const page = pageOf(check, found);
  return page ? (
    <Link className="underline" href={page}>
      {label}
    </Link>
  ) : (
    label
  );
}

function History({ checkKey }: { checkKey: string }) {
  const history = useInfiniteQuery(checkHistoryQuery(checkKey));
  return (
    <Panel title="History" padded={false}>
      <DataTable<CheckResult>
        id="compliance-history"
        label="History of this check"
        query={history}
        rowKey={(row) => row.id}
        shortcuts={false}
        empty={<EmptyState compact title="No runs yet" />}
        columns={[
          { id: 'at', header: 'Run', cell: (row) => <TimeAgo at={row.at} />, phone: 'title' },
          {
            id: 'status',
            header: 'Result',
            cell: (row) => <StatusPill value={row.status} map={statusMap} />,
            phone: 'aside',
          },
          { id: 'summary', header: 'What was seen', cell: seenWords, phone: 'line' },
        ]}
      />
    </Panel>
  );
}
