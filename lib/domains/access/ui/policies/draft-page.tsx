'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { FlaskConical, Send, Sigma, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { StatusPill } from '@/components/data';
import { plural } from '@/components/format';
import { Page, PageHeader } from '@/components/layout';
import {
  Button,
  ConfirmDialog,
  EmptyState,
  Notice,
  Panel,
  QueryView,
  SkeletonRows,
  toast,
} from '@/components/ui';
import { workspaceQuery } from '@/lib/domains/workspaces';
import { api } from '@/lib/http/fetcher';
import { draftQuery, policyKeys, policyPaths } from '../../policies/queries';
import type { Draft } from '../../policies/schema';
import { Changes } from './changes';
import { DraftFloors } from './draft-floors';
import { ProofPanel } from './proof-panel';
import { ReplayPanel } from './replay-panel';

const back = { href: '/policies?view=drafts', label: 'Drafts' };

export function DraftPage({ id }: { id: string }) {
  const query = useQuery(draftQuery(id));
  return (
    <Page>
      <QueryView
        query={query}
        title="This draft could not be loaded"
        skeleton={
          <>
            <PageHeader title="Draft" back={back} />
            <SkeletonRows rows={8} />
          </>
        }
      >
        {(draft) => <Loaded draft={draft} />}
      </QueryView>
    </Page>
  );
}

function Loaded({ draft }: { draft: Draft }) {
  const client = useQueryClient();
  const settings = useQuery(workspaceQuery()).data?.settings;
  const [asking, setAsking] = useState<'publish' | 'discard' | null>(null);
  const fresh = (next: Draft) => client.setQueryData(policyKeys.draft(draft.id), next);
  const again = () => client.invalidateQueries({ queryKey: policyKeys.draft(draft.id) });
  // What was shown when it was asked: what comes in while someone writes why is not published unread.
  const [seen, setSeen] = useState(draft.digest);
  const publish = useMutation({
    mutationFn: (why: string) =>
      api.post<Draft>(policyPaths.publish(draft.id), { why, digest: seen }),
    onSuccess: (next) => {
      fresh(next);
      toast.good(`Published as version ${next.publishedAs}`, draft.title);
      void client.invalidateQueries({ queryKey: ['access'] });
      return client.invalidateQueries({ queryKey: policyKeys.all });
    },
    // What was looked at may be what it was before.
    onError: again,
  });
  const discard = useMutation({
    mutationFn: () => api.post<Draft>(policyPaths.discard(draft.id)),
    onSuccess: (next) => {
      fresh(next);
      return client.invalidateQueries({ queryKey: policyKeys.all });
    },
  });
  const edit = useMutation({
    mutationFn: (change: object) => api.post<Draft>(policyPaths.edit(draft.id), { edit: change }),
    onSuccess: fresh,
    onError: (error) => toast.error(error, 'Not changed'),
  });
  const simulate = useMutation({
    mutationFn: (days: number) => api.post(policyPaths.simulate, { id: draft.id, days }),
    onSuccess: again,
    onError: (error) => toast.error(error, 'Not tried'),
  });
  const cancel = useMutation({
    mutationFn: () => api.post(policyPaths.cancelSimulation(draft.id)),
    onSuccess: again,
  });
  const prove = useMutation({
    mutationFn: () => api.post(policyPaths.prove(draft.id)),
    onSuccess: again,
    onError: (error) => toast.error(error, 'Not proved'),
  });
  const cancelProof = useMutation({
    mutationFn: () => api.post(policyPaths.cancelProof(draft.id)),
    onSuccess: again,
  });
  const { changes, conflicts, can, replay, proof } = draft;
  const open = draft.state === 'open';
  const others = draft.editors.filter(({ id }) => id !== draft.by.id).map(({ name }) => name);
  return (
    <>
      <PageHeader
        title={draft.title}
        subtitle={`${draft.why ? `${draft.why} · ` : ''}Begun by ${draft.by.name} from version ${draft.base}${others.length > 0 ? `, changed also by ${others.join(', ')}` : ''}`}
        back={back}
        meta={<StatusPill value={draft.state} />}
        actions={
          open ? (
            <>
              <Button
                icon={FlaskConical}
                can={can.edit}
                loading={simulate.isPending}
                disabledReason={changes.length === 0 ? 'It changes nothing yet.' : null}
                onClick={() => simulate.mutate(30)}
              >
                Try on 30 days
              </Button>
              {settings ? (
                <DraftFloors draft={draft} now={settings.tierFloors} can={can.edit} />
              ) : null}
              <Button
                icon={Sigma}
                can={can.edit}
                loading={prove.isPending}
                disabledReason={changes.length === 0 ? 'It changes nothing yet.' : null}
                onClick={() => prove.mutate()}
              >
                Prove
              </Button>
              {settings?.secondAdminWidens ? (
                <Button
                  can={can.edit}
                  onClick={() => edit.mutate({ do: 'set_second_admin', wanted: false })}
                >
                  End the second admin
                </Button>
              ) : null}
              <Button
                icon={Trash2}
                variant="danger"
                can={can.discard}
                onClick={() => setAsking('discard')}
              >
                Discard…
              </Button>
              <Button
                icon={Send}
                variant="primary"
                can={can.publish}
                onClick={() => {
                  setSeen(draft.digest);
                  setAsking('publish');
                }}
              >
                Publish…
              </Button>
            </>
          ) : null
        }
      />
      {open && !can.publish.allowed && changes.length > 0 ? (
        <Notice tone="hold">{can.publish.reason}</Notice>
      ) : null}
      <Panel title="What it changes" note={plural(changes.length, 'change')} padded={false}>
        {changes.length === 0 ? (
          <EmptyState compact title="Nothing yet">
            Open a role, edit a permission and choose “Save to a draft”.
          </EmptyState>
        ) : (
          <Changes
            changes={changes}
            conflicts={conflicts}
            {...(open && can.edit.allowed
              ? { onRevert: (path: string) => edit.mutate({ do: 'revert', path }) }
              : {})}
          />
        )}
      </Panel>
      {proof ? <ProofPanel proof={proof} onCancel={() => cancelProof.mutate()} /> : null}
      {replay ? <ReplayPanel replay={replay} onCancel={() => cancel.mutate()} /> : null}
      <ConfirmDialog
        open={asking === 'publish'}
        onOpenChange={(next) => setAsking(next ? 'publish' : null)}
        title={`Publish “${draft.title}”`}
        description="The gateway decides by it within a second."
        effects={changes.map(({ words }) => words).slice(0, 8)}
        confirmLabel="Publish"
        tone="primary"
        reason="required"
        reasonLabel="Why"
        onConfirm={({ reason }) => publish.mutateAsync(reason)}
      />
      <ConfirmDialog
        open={asking === 'discard'}
        onOpenChange={(next) => setAsking(next ? 'discard' : null)}
        title={`Discard “${draft.title}”`}
        effects={[`${plural(changes.length, 'change')} will not be made.`]}
        confirmLabel="Discard"
        tone="danger"
        onConfirm={() => discard.mutateAsync()}
      />
    </>
  );
}
