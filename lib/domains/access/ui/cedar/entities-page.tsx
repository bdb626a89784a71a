'use client';

import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Boxes, Plus } from 'lucide-react';
import { useState } from 'react';
import { type Column, DataTable, FilterBar } from '@/components/data';
import { useUrlState } from '@/components/hooks';
import { Page, PageHeader } from '@/components/layout';
import { Button, EmptyState, LinkButton, Notice, Panel, TimeAgo } from '@/components/ui';
import { useActor } from '@/lib/domains/workspaces';
import { cedarSchemaQuery, entitiesQuery } from '../../cedar-policies/queries';
import type { EntityView } from '../../cedar-policies/schema';
import { manageAccess } from '../../policy';
import { EntityForm } from './entity-form';

/** What policies by hand speak of that is not Countersign's own: users, records, folders. */
export function EntitiesPage() {
  const [url] = useUrlState({ q: '', type: '' });
  const filters = { ...(url.q ? { q: url.q } : {}), ...(url.type ? { type: url.type } : {}) };
  const entities = useInfiniteQuery(entitiesQuery(filters));
  const types = useQuery(cedarSchemaQuery()).data?.declared;
  const actor = useActor();
  const can = actor ? manageAccess(actor) : { allowed: false, reason: 'Loading.' };
  const [open, setOpen] = useState<EntityView | 'new' | null>(null);
  const all = entities.data?.pages.flatMap(({ items }) => items) ?? [];
  const filtered = Object.keys(filters).length > 0;
  const undeclared = types?.length === 0;
  const columns: Column<EntityView>[] = [
    {
      id: 'id',
      header: 'Id',
      fixed: true,
      phone: 'title',
      cell: (entity) => (
        <button
          type="button"
          className="text-left font-medium break-all text-accent underline"
          onClick={() => setOpen(entity)}
        >
          {entity.id}
        </button>
      ),
    },
    { id: 'type', header: 'Type', width: '160px', cell: ({ type }) => type },
    {
      id: 'attributes',
      header: 'Attributes',
      cell: ({ properties }) => <span className="text-text-2">{attributeWords(properties)}</span>,
    },
    {
      id: 'parents',
      header: 'In',
      width: '200px',
      cell: ({ parents }) =>
        parents.length === 0 ? '–' : parents.map(({ type, id }) => `${type}::${id}`).join(', '),
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
    <Button
      icon={Plus}
      variant="primary"
      can={can}
      disabledReason={undeclared ? 'Declare a type in the Cedar schema first.' : null}
      onClick={() => setOpen('new')}
    >
      New entity
    </Button>
  );
  return (
    <Page>
      <PageHeader
        title="Entities"
        subtitle="What Cedar policies speak of that is not Countersign’s own"
        back={{ href: '/policies/cedar', label: 'Cedar policies' }}
        actions={add}
      />
      {can.allowed || !actor ? null : <Notice tone="neutral">{can.reason}</Notice>}
      <FilterBar
        search={{ placeholder: 'Search ids' }}
        filters={[
          {
            param: 'type',
            label: 'Type',
            options: (types ?? []).map(({ name }) => ({ value: name, label: name })),
          },
        ]}
      />
      <Panel padded={false} className="overflow-hidden">
        <DataTable
          id="entities"
          label="Entities"
          columns={columns}
          query={entities}
          rowKey={({ type, id }) => `${type}::${id}`}
          empty={
            filtered ? (
              <EmptyState icon={Boxes} title="No entity matches">
                Take a filter away, or search for another part of the id.
              </EmptyState>
            ) : undeclared ? (
              <EmptyState
                icon={Boxes}
                title="No types are declared"
                action={<LinkButton href="/policies/cedar">Open the Cedar schema</LinkButton>}
              >
                Entities are of types that the Cedar schema declares.
              </EmptyState>
            ) : (
              <EmptyState icon={Boxes} title="No entities yet" action={add}>
                Policies that ask for one of a declared type find its attributes and parents here.
              </EmptyState>
            )
          }
        />
      </Panel>
      {open && types ? (
        <EntityForm
          key={open === 'new' ? 'new' : `${open.type}::${open.id}`}
          types={types}
          entity={open === 'new' ? undefined : (all.find(isSame(open)) ?? open)}
          can={can}
          onDone={() => setOpen(null)}
        />
      ) : null}
    </Page>
  );
}

const isSame = (one: EntityView) => (other: EntityView) =>
  one.type === other.type && one.id === other.id;

function attributeWords(properties: EntityView['properties']): string {
  const words = Object.entries(properties).map(
    ([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return words.length === 0 ? '–' : words.join(', ');
}
