'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import { Boxes, FileCode, Plus } from 'lucide-react';
import { useState } from 'react';
import { type Column, DataTable } from '@/components/data';
import { Page, PageHeader, Unsaved } from '@/components/layout';
import {
  Button,
  ConfirmDialog,
  EmptyState,
  LinkButton,
  Panel,
  Tabs,
  TimeAgo,
} from '@/components/ui';
import { useActor } from '@/lib/domains/workspaces';
import { manageAccess } from '../../policy';
import { cedarPoliciesQuery } from '../../cedar-policies/queries';
import type { CedarPolicy } from '../../cedar-policies/schema';
import { draftOf, isChanged, type PolicyDraft } from './policy-draft';
import { PolicyEditor } from './policy-editor';
import { SchemaEditor, type TypedSchema } from './schema-editor';

/** Policies by hand, and the types that they speak of. */
export function CedarPage() {
  const actor = useActor();
  const can = actor ? manageAccess(actor) : { allowed: false, reason: 'Loading.' };
  const policies = useInfiniteQuery(cedarPoliciesQuery());
  const all = policies.data?.pages.flatMap(({ items }) => items) ?? [];
  const [draft, setDraft] = useState<PolicyDraft | null>(null);
  /** What is to be shown instead, once what was typed may go; null is nothing. */
  const [asking, setAsking] = useState<{ next: PolicyDraft | null } | null>(null);
  /** The schema as typed; null until it is. */
  const [schema, setSchema] = useState<TypedSchema | null>(null);
  const changed = draft !== null && isChanged(draft);
  const show = (next: PolicyDraft | null) => {
    if (draft && next && draft.policy?.id === next.policy?.id) return;
    if (changed) setAsking({ next });
    else setDraft(next);
  };
  const unsaved = [
    changed ? (draft.policy?.name ?? 'the new policy') : [],
    schema === null ? [] : 'the schema',
  ].flat();
  const columns: Column<CedarPolicy>[] = [
    {
      id: 'name',
      header: 'Policy',
      fixed: true,
      phone: 'title',
      cell: (policy) => (
        <button
          type="button"
          className="font-medium text-accent underline"
          onClick={() => show(draftOf(policy))}
        >
          {policy.name}
        </button>
      ),
    },
    {
      id: 'what',
      header: 'Says',
      cell: ({ permits, forbids }) => `${permits} permit, ${forbids} forbid`,
    },
    {
      id: 'at',
      header: 'Changed',
      width: '130px',
      phone: 'aside',
      cell: ({ updatedAt }) => <TimeAgo at={updatedAt} />,
    },
  ];
  const add = (
    <Button icon={Plus} variant="primary" can={can} onClick={() => show(draftOf())}>
      New policy
    </Button>
  );
  return (
    <Page>
      <PageHeader
        title="Cedar policies"
        subtitle="Written by hand, beside what the roles grant"
        back={{ href: '/policies', label: 'Policies' }}
        actions={
          <>
            <LinkButton href="/policies/cedar/entities" icon={Boxes}>
              Entities
            </LinkButton>
            {add}
          </>
        }
      />
      <Tabs
        label="Cedar"
        tabs={[
          {
            value: 'policies',
            label: 'Policies',
            content: (
              <div className="grid gap-4">
                {draft ? (
                  <PolicyEditor
                    key={draft.policy?.id ?? 'new'}
                    draft={draft}
                    now={all.find(({ id }) => id === draft.policy?.id)}
                    onChange={setDraft}
                    can={can}
                    onDone={() => setDraft(null)}
                    onClose={() => show(null)}
                  />
                ) : null}
                <Panel padded={false} className="overflow-hidden">
                  <DataTable
                    id="cedar-policies"
                    label="Cedar policies"
                    columns={columns}
                    query={policies}
                    rowKey={({ id }) => id}
                    empty={
                      <EmptyState icon={FileCode} title="No policies written by hand">
                        What a role cannot say, such as forbidding several action types at once, is
                        written in Cedar.
                      </EmptyState>
                    }
                  />
                </Panel>
              </div>
            ),
          },
          {
            value: 'schema',
            label: 'Schema',
            content: <SchemaEditor typed={schema} onType={setSchema} />,
          },
        ]}
      />
      <ConfirmDialog
        open={asking !== null}
        onOpenChange={(open) => !open && setAsking(null)}
        title={
          draft?.policy ? `Drop what you changed in ${draft.policy.name}?` : 'Drop the new policy?'
        }
        description="It is not saved. To keep it, save it now or to a draft."
        confirmLabel="Drop it"
        cancelLabel="Go on editing"
        onConfirm={() => asking && setDraft(asking.next)}
      />
      <Unsaved what={unsaved} />
    </Page>
  );
}
