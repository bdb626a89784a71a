'use client';

import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { CircleHelp, FileCode, FilePen, History, Lightbulb, Plus } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useId, useState } from 'react';
import { type Column, DataTable, StatusPill } from '@/components/data';
import { plural } from '@/components/format';
import { useUrlState } from '@/components/hooks';
import { Page, PageHeader } from '@/components/layout';
import {
  Badge,
  Button,
  Dialog,
  EmptyState,
  Field,
  fieldErrors,
  Form,
  FormError,
  Input,
  LinkButton,
  Panel,
  Tabs,
  Textarea,
  TimeAgo,
} from '@/components/ui';
import { useActor } from '@/lib/domains/workspaces';
import { api } from '@/lib/http/fetcher';
import { manageAccess } from '../../policy';
import { draftsQuery, policyKeys, policyPaths, versionsQuery } from '../../policies/queries';
import type { Draft, Version } from '../../policies/schema';

const versionColumns: Column<Version>[] = [
  {
    id: 'number',
    header: 'Version',
    fixed: true,
    width: '110px',
    phone: 'title',
    cell: (version) => (
      <span className="num font-medium">
        {version.number}
        {version.current ? <span className="note ml-2">holds now</span> : null}
      </span>
    ),
  },
  {
    id: 'changes',
    header: 'What changed',
    cell: ({ changes, why }) => (
      <>
        <span>{changes[0]?.words ?? 'The first version on record'}</span>
        {changes.length > 1 ? (
          <span className="note ml-2">and {plural(changes.length - 1, 'other change')}</span>
        ) : null}
        {why ? <span className="note block truncate">{why}</span> : null}
      </>
    ),
  },
  {
    id: 'widens',
    header: 'Widens',
    width: '90px',
    phone: 'aside',
    cell: ({ changes }) =>
      changes.some(({ widens }) => widens) ? <Badge tone="hold">widens</Badge> : null,
  },
  {
    id: 'by',
    header: 'By',
    width: '160px',
    cell: ({ by, origin }) => (
      <>
        {by.name}
        <span className="note ml-2">{origin}</span>
      </>
    ),
  },
  {
    id: 'at',
    header: 'When',
    width: '130px',
    phone: 'aside',
    cell: ({ createdAt }) => <TimeAgo at={createdAt} />,
  },
];

const draftColumns: Column<Draft>[] = [
  {
    id: 'title',
    header: 'Draft',
    fixed: true,
    phone: 'title',
    cell: ({ title, changes }) => (
      <>
        <span className="font-medium">{title}</span>
        <span className="note ml-2.5">{plural(changes.length, 'change')}</span>
      </>
    ),
  },
  {
    id: 'state',
    header: 'State',
    width: '120px',
    phone: 'aside',
    cell: ({ state }) => <StatusPill value={state} />,
  },
  {
    id: 'widens',
    header: 'Widens',
    width: '90px',
    phone: 'aside',
    cell: ({ widens }) => (widens ? <Badge tone="hold">widens</Badge> : null),
  },
  { id: 'by', header: 'By', width: '160px', cell: ({ by }) => by.name },
  {
    id: 'at',
    header: 'Begun',
    width: '130px',
    phone: 'hide',
    cell: ({ createdAt }) => <TimeAgo at={createdAt} />,
  },
];

/** What decisions have rested on, and what is about to change. */
export function PoliciesPage() {
  const [url, setUrl] = useUrlState({ new: '' });
  const versions = useInfiniteQuery(versionsQuery());
  const drafts = useInfiniteQuery(draftsQuery(''));
  const actor = useActor();
  const can = actor && manageAccess(actor);
  const add = (
    <Button variant="primary" icon={Plus} can={can} onClick={() => setUrl({ new: '1' })}>
      New draft
    </Button>
  );
  return (
    <Page>
      <PageHeader
        title="Policies"
        subtitle="Every change to roles, permissions, tiers and classifications, who made it and why"
        actions={
          <>
            <LinkButton href="/policies/advisor" icon={Lightbulb}>
              Advisor
            </LinkButton>
            <LinkButton href="/policies/explain" icon={CircleHelp}>
              Explain
            </LinkButton>
            <LinkButton href="/policies/cedar" icon={FileCode}>
              Cedar policies
            </LinkButton>
            {add}
          </>
        }
      />
      <Tabs
        label="Policies"
        param="view"
        tabs={[
          {
            value: 'versions',
            label: 'Versions',
            content: (
              <Panel padded={false} className="overflow-hidden">
                <DataTable
                  id="policy-versions"
                  label="Versions"
                  columns={versionColumns}
                  query={versions}
                  rowKey={({ id }) => id}
                  rowHref={({ id }) => `/policies/${id}`}
                  empty={
                    <EmptyState icon={History} title="No versions yet">
                      The first change to a role, a permission or a classification makes one.
                    </EmptyState>
                  }
                />
              </Panel>
            ),
          },
          {
            value: 'drafts',
            label: 'Drafts',
            content: (
              <Panel padded={false} className="overflow-hidden">
                <DataTable
                  id="policy-drafts"
                  label="Drafts"
                  columns={draftColumns}
                  query={drafts}
                  rowKey={({ id }) => id}
                  rowHref={({ id }) => `/policies/drafts/${id}`}
                  empty={
                    <EmptyState icon={FilePen} title="No drafts yet" action={add}>
                      A draft is tried on recorded actions before anything is decided by it.
                    </EmptyState>
                  }
                />
              </Panel>
            ),
          },
        ]}
      />
      <NewDraft
        open={url.new === '1' && can?.allowed === true}
        onOpenChange={(open) => setUrl({ new: open ? '1' : '' })}
      />
    </Page>
  );
}

function NewDraft({
  open,
  onOpenChange,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}) {
  const form = useId();
  const router = useRouter();
  const client = useQueryClient();
  const [title, setTitle] = useState('');
  const [why, setWhy] = useState('');
  const save = useMutation({
    mutationFn: () => api.post<Draft>(policyPaths.drafts, { title, why }),
    onSuccess: (draft) => {
      void client.invalidateQueries({ queryKey: policyKeys.all });
      router.push(`/policies/drafts/${draft.id}`);
    },
  });
  const errors = fieldErrors(save.error);
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="New draft"
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>Cancel</Button>
          <Button type="submit" form={form} variant="primary" loading={save.isPending}>
            Begin
          </Button>
        </>
      }
    >
      <Form id={form} onSubmit={() => save.mutate()}>
        <FormError error={save.error} />
        <Field label="What it is for" required error={errors['title']}>
          <Input value={title} onChange={(event) => setTitle(event.target.value)} />
        </Field>
        <Field label="Why" optional error={errors['why']}>
          <Textarea rows={2} value={why} onChange={(event) => setWhy(event.target.value)} />
        </Field>
      </Form>
    </Dialog>
  );
}
