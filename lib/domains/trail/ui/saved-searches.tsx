'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Bookmark, Trash2, Users } from 'lucide-react';
import { useState } from 'react';
import {
  Badge,
  Button,
  Checkbox,
  Dialog,
  EmptyState,
  ErrorState,
  Field,
  fieldErrors,
  Form,
  FormError,
  IconButton,
  Input,
  Menu,
  toast,
} from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { noFilters, searchesQuery, trailPaths, type UrlFilters } from '../queries';
import type { SavedSearchView } from '../search/schema';
import { useNames } from './use-names';

/** Searches that are kept: choose one, keep this one, or throw one away. */
export function SavedSearches({
  filters,
  set,
}: {
  filters: UrlFilters;
  set: (patch: Partial<UrlFilters>) => void;
}) {
  const [open, setOpen] = useState<'save' | 'manage' | null>(null);
  const searches = useQuery(searchesQuery()).data?.items ?? [];
  const filtered = Object.values(filters).some((value) => value !== '');
  return (
    <>
      <Menu
        trigger={<Button icon={Bookmark}>Saved searches</Button>}
        items={[
          ...searches.map((search) => ({
            label: search.name,
            ...(search.shared ? { icon: Users } : {}),
            onSelect: () => set({ ...noFilters, ...search.filters }),
          })),
          ...(searches.length > 0 ? (['separator'] as const) : []),
          {
            label: 'Save this search',
            onSelect: () => setOpen('save'),
            disabledReason: filtered ? null : 'Narrow the trail first.',
          },
          { label: 'Manage saved searches', onSelect: () => setOpen('manage') },
        ]}
      />
      {open === 'save' ? <Save filters={filters} close={() => setOpen(null)} /> : null}
      {open === 'manage' ? <Manage close={() => setOpen(null)} /> : null}
    </>
  );
}

function Save({ filters, close }: { filters: UrlFilters; close: () => void }) {
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [shared, setShared] = useState(false);
  const save = useMutation({
    mutationFn: () => {
      const given = Object.entries(filters).filter(([, value]) => value !== '');
      return api.post<SavedSearchView>(trailPaths.searches, {
        name,
        shared,
        filters: Object.fromEntries(given),
      });
    },
    onSuccess: async () => {
      await client.invalidateQueries(searchesQuery());
      toast.good('Search saved', name);
      close();
    },
  });
  const error = fieldErrors(save.error)['name'];
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : close())}
      title="Save this search"
      description="Its filters are kept, and not what they find."
      footer={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button variant="primary" type="submit" form="save-search" loading={save.isPending}>
            Save
          </Button>
        </>
      }
    >
      <Form id="save-search" onSubmit={() => save.mutate()} className="grid gap-4">
        <FormError error={save.error} />
        <Field label="Name" required {...(error ? { error } : {})}>
          <Input value={name} onChange={(event) => setName(event.target.value)} maxLength={80} />
        </Field>
        <Checkbox
          label="Share it"
          hint="Everyone who may search the trail sees it."
          checked={shared}
          onCheckedChange={(on) => setShared(on)}
        />
      </Form>
    </Dialog>
  );
}

function Manage({ close }: { close: () => void }) {
  const client = useQueryClient();
  const query = useQuery(searchesQuery());
  const { nameOf } = useNames();
  const remove = useMutation({
    mutationFn: ({ id }: SavedSearchView) => api.delete<SavedSearchView>(trailPaths.search(id)),
    onSuccess: (search) => toast.good('Search deleted', search.name),
    onError: (error) => toast.error(error),
    onSettled: () => client.invalidateQueries(searchesQuery()),
  });
  const items = query.data?.items ?? [];
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : close())} title="Saved searches">
      {query.isError ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} compact />
      ) : items.length === 0 ? (
        <EmptyState compact title="No search is saved">
          Narrow the trail, then choose Save this search.
        </EmptyState>
      ) : (
        <ul aria-label="Saved searches" className="divide-y divide-line">
          {items.map((search) => (
            <li key={search.id} className="flex items-center gap-3 py-2">
              <div className="min-w-0 flex-1">
                <div className="truncate font-medium">{search.name}</div>
                <div className="note truncate">
                  {Object.entries(search.filters)
                    .map(([name, value]) => `${name.replace('_', ' ')} ${value}`)
                    .join(', ')}
                </div>
              </div>
              {search.shared ? (
                <Badge icon={Users}>
                  {search.own ? 'shared' : `by ${nameOf(search.member) ?? 'another member'}`}
                </Badge>
              ) : null}
              <IconButton
                label={`Delete ${search.name}`}
                icon={Trash2}
                disabledReason={search.can.delete.allowed ? null : search.can.delete.reason}
                onClick={() => remove.mutate(search)}
              />
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  );
}
