'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { RotateCcw } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { plural } from '@/components/format';
import { Page, PageHeader } from '@/components/layout';
import {
  Button,
  ConfirmDialog,
  EmptyState,
  KeyValue,
  Panel,
  QueryView,
  SkeletonRows,
  TimeAgo,
  toast,
} from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { policyPaths, versionQuery } from '../../policies/queries';
import type { VersionDetail } from '../../policies/schema';
import { Changes } from './changes';

export function VersionPage({ id }: { id: string }) {
  const query = useQuery(versionQuery(id));
  return (
    <Page>
      <QueryView query={query} skeleton={<SkeletonRows rows={8} />}>
        {(version) => <Loaded version={version} />}
      </QueryView>
    </Page>
  );
}

function Loaded({ version }: { version: VersionDetail }) {
  const [asking, setAsking] = useState(false);
  const router = useRouter();
  const client = useQueryClient();
  const { changes, undo } = version;
  const goBack = useMutation({
    mutationFn: (why: string) =>
      api.post<{ number: number }>(policyPaths.rollback(version.id), { why }),
    onSuccess: ({ number }) => {
      toast.good(`Version ${number} holds now`, `As in version ${version.number}`);
      void client.invalidateQueries();
      router.push('/policies');
    },
  });
  return (
    <>
      <PageHeader
        title={`Version ${version.number}`}
        subtitle={
          version.current ? 'Holds now' : version.why || 'A change to what decisions rest on'
        }
        back={{ href: '/policies', label: 'Policies' }}
        actions={
          <Button icon={RotateCcw} can={version.can.rollback} onClick={() => setAsking(true)}>
            Go back to it
          </Button>
        }
      />
      <Panel title="About it">
        <KeyValue
          items={[
            { label: 'Made by', value: version.by.name },
            { label: 'When', value: <TimeAgo at={version.createdAt} /> },
            { label: 'Through', value: version.origin },
            { label: 'Why', value: version.why || <span className="text-text-3">not said</span> },
          ]}
        />
      </Panel>
      <Panel title="What it changed" note={plural(changes.length, 'change')} padded={false}>
        {changes.length === 0 ? (
          <EmptyState compact title="The first version on record">
            What came before it is told by the trail.
          </EmptyState>
        ) : (
          <Changes changes={changes} />
        )}
      </Panel>
      {version.current ? null : (
        <Panel
          title="What going back to it would change now"
          note={plural(undo.length, 'change')}
          padded={false}
        >
          {undo.length === 0 ? (
            <EmptyState compact title="Nothing">
              Everything is as it was then.
            </EmptyState>
          ) : (
            <Changes changes={undo} param="undo" />
          )}
        </Panel>
      )}
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={`Go back to version ${version.number}`}
        description="The gateway decides by it within a second."
        effects={undo.map(({ words }) => words).slice(0, 8)}
        confirmLabel="Go back"
        tone="primary"
        reason="required"
        reasonLabel="Why"
        onConfirm={({ reason }) => goBack.mutateAsync(reason)}
      />
    </>
  );
}
