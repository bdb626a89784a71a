'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Columns3, Pencil, Trash2 } from 'lucide-react';
import Link from 'next/link';
import { type ReactNode, useId, useState } from 'react';
import { plural } from '@/components/format';
import { Button, ConfirmDialog, EmptyState, FormError, IconButton, toast } from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { handlings, rank } from '../levels';
import { classificationKeys, classificationPaths } from '../queries';
import type { DataAssetDetail, DataField } from '../schema';
import { TreatmentSelect } from './treatment-select';
import { handlingWords, type Treatment } from './words';

export interface FieldListProps {
  asset: DataAssetDetail;
  onEdit: (field: DataField) => void;
  add: ReactNode;
}

/** The fields of a data asset; classification and handling change where they stand. */
export function FieldList({ asset, onEdit, add }: FieldListProps) {
  const client = useQueryClient();
  const why = useId();
  const [removing, setRemoving] = useState<DataField | null>(null);
  const remove = useMutation({
    mutationFn: (field: DataField) => api.delete(classificationPaths.field(asset.id, field.id)),
    onSuccess: (_, field) => {
      toast.good('Field removed', `${asset.name}.${field.name}`);
      return client.invalidateQueries({ queryKey: classificationKeys.all });
    },
  });
  if (asset.fields.length === 0) {
    return (
      <EmptyState icon={Columns3} title="No fields yet" action={add}>
        Add its fields one by one, or import its schema under Classification.
      </EmptyState>
    );
  }
  const { update } = asset.can;
  return (
    <>
      {update.allowed ? null : (
        <p id={why} className="note border-b border-line px-3.5 py-2">
          {update.reason}
        </p>
      )}
      <ul>
        {asset.fields.map((field) => (
          <FieldRow
            key={field.id}
            asset={asset}
            field={field}
            why={update.allowed ? undefined : why}
            onEdit={() => onEdit(field)}
            onRemove={() => setRemoving(field)}
          />
        ))}
      </ul>
      <ConfirmDialog
        open={removing !== null}
        onOpenChange={(open) => (open ? undefined : setRemoving(null))}
        title={`Remove ${removing?.name ?? ''}`}
        effects={['takes it off the list; the trail keeps how it was classified']}
        confirmLabel="Remove"
        onConfirm={() => (removing ? remove.mutateAsync(removing) : undefined)}
      />
    </>
  );
}

interface FieldRowProps {
  asset: DataAssetDetail;
  field: DataField;
  /** Id of the sentence that says why nothing can be changed. */
  why: string | undefined;
  onEdit: () => void;
  onRemove: () => void;
}

function FieldRow({ asset, field, why, onEdit, onRemove }: FieldRowProps) {
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: (patch: Partial<Treatment>) =>
      api.patch<DataField>(classificationPaths.field(asset.id, field.id), patch),
    onSuccess: (saved) => {
      client.setQueryData<DataAssetDetail>(classificationKeys.asset(asset.id), (was) =>
        was
          ? { ...was, fields: was.fields.map((one) => (one.id === saved.id ? saved : one)) }
          : was,
      );
      void client.invalidateQueries({ queryKey: classificationKeys.all });
      toast.good(
        `${saved.name}: ${saved.classification}, ${handlingWords[saved.handling].label.toLowerCase()}`,
        saved.links.length > 0
          ? `${plural(saved.links.length, 'link')} of action types follow at once.`
          : undefined,
      );
    },
  });
  const [weaker, setWeaker] = useState<Partial<Treatment> | null>(null);
  const choose = (patch: Partial<Treatment>) =>
    field.links.length > 0 && isWeaker(field, { ...field, ...patch })
      ? setWeaker(patch)
      : change.mutate(patch);
  // What was chosen stays visible while it is on its way.
  const shown = change.isPending ? { ...field, ...change.variables } : field;
  return (
    <li className="grid gap-x-4 gap-y-2 border-b border-line px-3.5 py-2.5 last:border-b-0 wide:grid-cols-[minmax(0,1fr)_auto_auto] wide:items-center">
      <div className="grid min-w-0 gap-0.5">
        <span className="mono font-medium [overflow-wrap:anywhere]">{field.name}</span>
        {field.note ? <span className="note">{field.note}</span> : null}
        <Links links={field.links} />
        <FormError error={change.error} />
      </div>
      <TreatmentSelect
        name={field.name}
        value={shown}
        disabled={!field.can.update.allowed || change.isPending}
        why={why}
        onChange={choose}
      />
      <div className="flex items-center gap-1">
        <Button
          size="sm"
          icon={Pencil}
          can={field.can.update}
          aria-label={`Edit ${field.name}`}
          onClick={onEdit}
        >
          Edit
        </Button>
        <IconButton
          icon={Trash2}
          label={`Remove ${field.name}`}
          disabledReason={field.can.remove.allowed ? null : field.can.remove.reason}
          onClick={onRemove}
        />
      </div>
      <ConfirmDialog
        open={weaker !== null}
        onOpenChange={(open) => (open ? undefined : setWeaker(null))}
        title={`Protect ${field.name} less`}
        description={`${field.classification}, ${handlingWords[field.handling].label.toLowerCase()} now.`}
        effects={[
          `makes it ${weaker?.classification ?? field.classification}, ${handlingWords[weaker?.handling ?? field.handling].label.toLowerCase()}`,
          `holds from the next action on, in ${plural(field.links.length, 'place')} of action types`,
        ]}
        confirmLabel="Protect it less"
        onConfirm={() => (weaker ? change.mutateAsync(weaker) : undefined)}
      />
    </li>
  );
}

function isWeaker(was: Treatment, is: Treatment): boolean {
  return (
    rank(is.classification) < rank(was.classification) ||
    handlings.indexOf(is.handling) < handlings.indexOf(was.handling)
  );
}

function Links({ links }: Pick<DataField, 'links'>) {
  if (links.length === 0) return null;
  return (
    <ul className="flex flex-wrap gap-x-3 gap-y-0.5 text-sm text-text-2">
      {links.map(({ actionType, direction, path }) => (
        <li key={`${actionType.id} ${direction} ${path}`}>
          <Link href={`/catalog/${actionType.id}`} className="text-accent hover:underline">
            {actionType.name}
          </Link>{' '}
          {direction === 'input' ? 'takes it as' : 'gives it as'}{' '}
          <span className="mono">{path}</span>
        </li>
      ))}
    </ul>
  );
}
