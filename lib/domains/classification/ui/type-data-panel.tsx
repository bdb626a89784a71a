'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Pencil } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import { Classification } from '@/components/data';
import {
  Button,
  Dialog,
  EmptyState,
  FormError,
  Panel,
  QueryView,
  SkeletonText,
  toast,
} from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { classificationKeys, classificationPaths, typeDataQuery } from '../queries';
import type { ActionTypeData, DataLink } from '../schema';
import { type DraftLink, LinkRows, newLink } from './link-rows';
import { handlingWords } from './words';

export interface TypeDataPanelProps {
  /** The action type's id. */
  id: string;
  /** Names of its parameters. */
  parameters: string[];
}

/** Which classified fields an action type takes and gives. */
export function TypeDataPanel({ id, parameters }: TypeDataPanelProps) {
  const query = useQuery(typeDataQuery(id));
  const [editing, setEditing] = useState(false);
  const data = query.data;
  const edit = (
    <Button size="sm" icon={Pencil} can={data?.can.update} onClick={() => setEditing(true)}>
      Link fields
    </Button>
  );
  return (
    <Panel
      title="Data"
      note="What it takes and gives, by classification"
      actions={data ? edit : undefined}
      padded={false}
    >
      <QueryView
        query={query}
        title="What it touches could not be loaded"
        skeleton={<SkeletonText lines={3} className="p-3.5" />}
      >
        {(loaded) => (
          <>
            {loaded.items.length === 0 ? (
              <EmptyState compact title="Linked to no fields">
                It counts as {loaded.actionType.classification}, its own classification. Link its
                parameters and result to fields, and the highest of them counts.
              </EmptyState>
            ) : (
              <ul>
                {loaded.items.map((link) => (
                  <LinkItem key={`${link.direction} ${link.path}`} link={link} />
                ))}
              </ul>
            )}
            {editing ? (
              <LinkDialog data={loaded} parameters={parameters} onClose={() => setEditing(false)} />
            ) : null}
          </>
        )}
      </QueryView>
    </Panel>
  );
}

function LinkItem({ link: { direction, path, field } }: { link: DataLink }) {
  return (
    <li className="grid gap-x-4 gap-y-0.5 border-b border-line px-3.5 py-2 last:border-b-0 wide:grid-cols-[64px_minmax(0,1fr)_auto] wide:items-baseline">
      <span className="text-text-3">{direction === 'input' ? 'takes' : 'gives'}</span>
      <span className="min-w-0 [overflow-wrap:anywhere]">
        <span className="mono font-medium">{path}</span>{' '}
        <Link href={`/classification/${field.asset.id}`} className="text-accent hover:underline">
          {field.asset.name}.{field.name}
        </Link>
      </span>
      <span className="flex items-center gap-2">
        {direction === 'output' ? (
          <span className="note">{handlingWords[field.handling].label.toLowerCase()}</span>
        ) : null}
        <Classification value={field.classification} />
      </span>
    </li>
  );
}

interface LinkDialogProps {
  data: ActionTypeData;
  parameters: string[];
  onClose: () => void;
}

function LinkDialog({ data, parameters, onClose }: LinkDialogProps) {
  const client = useQueryClient();
  const [draft, setDraft] = useState<DraftLink[]>(() =>
    data.items.map(({ direction, path, field }) =>
      newLink({
        ...{ direction, path, fieldId: field.id },
        label: `${field.asset.name}.${field.name}`,
      }),
    ),
  );
  const save = useMutation({
    mutationFn: () =>
      api.post<ActionTypeData>(classificationPaths.typeData(data.actionType.id), {
        links: draft.map(({ direction, path, fieldId }) => ({ direction, path, fieldId })),
      }),
    onSuccess: (saved) => {
      client.setQueryData(classificationKeys.typeData(saved.actionType.id), saved);
      void client.invalidateQueries({ queryKey: classificationKeys.all });
      void client.invalidateQueries({ queryKey: ['catalog'] });
      toast.good('Saved', `${saved.actionType.key} counts as ${saved.classification}.`);
      onClose();
    },
  });
  const unfinished = draft.some(({ path, fieldId }) => path === '' || fieldId === '');
  return (
    <Dialog
      open
      size="lg"
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={`Data of ${data.actionType.key}`}
      description="The highest classification counts in every decision; what is given is handled as its field says."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant="primary"
            loading={save.isPending}
            disabledReason={unfinished ? 'Give each link a place and a field.' : null}
            onClick={() => save.mutate()}
          >
            Save
          </Button>
        </>
      }
    >
      <div className="grid gap-3">
        <FormError error={save.error} />
        <LinkRows links={draft} parameters={parameters} error={save.error} onChange={setDraft} />
      </div>
    </Dialog>
  );
}
