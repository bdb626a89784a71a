'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import {
  Button,
  Dialog,
  Field,
  fieldErrors,
  Form,
  FormError,
  Input,
  Textarea,
  toast,
} from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { classificationKeys, classificationPaths } from '../queries';
import type { DataAssetDetail, DataField } from '../schema';
import { changed } from '@/lib/kernel/defined';
import { TreatmentSelect } from './treatment-select';
import type { Treatment } from './words';

export interface FieldDialogProps {
  asset: DataAssetDetail;
  field?: DataField;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** Adds a field, or changes its name and note; each time it opens it begins anew. */
export function FieldDialog(props: FieldDialogProps) {
  return props.open ? <OpenDialog {...props} /> : null;
}

function OpenDialog({ asset, field, onOpenChange }: FieldDialogProps) {
  const form = useId();
  const client = useQueryClient();
  const [began] = useState<Treatment & { name: string; note: string }>({
    name: field?.name ?? '',
    note: field?.note ?? '',
    classification: field?.classification ?? 'Confidential',
    handling: field?.handling ?? 'mask',
  });
  const [draft, setDraft] = useState(began);
  const set = (patch: Partial<typeof draft>) => setDraft((was) => ({ ...was, ...patch }));
  const save = useMutation({
    mutationFn: () =>
      field
        ? api.patch<DataField>(classificationPaths.field(asset.id, field.id), changed(began, draft))
        : api.post<DataField>(classificationPaths.fields(asset.id), draft),
    onSuccess: (saved) => {
      void client.invalidateQueries({ queryKey: classificationKeys.all });
      onOpenChange(false);
      toast.good(field ? 'Saved' : 'Field added', `${asset.name}.${saved.name}`);
    },
  });
  const errors = fieldErrors(save.error);
  return (
    <Dialog
      open
      onOpenChange={onOpenChange}
      title={field ? `Edit ${field.name}` : 'Add field'}
      description={asset.name}
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>Cancel</Button>
          <Button type="submit" form={form} variant="primary" loading={save.isPending}>
            {field ? 'Save' : 'Add field'}
          </Button>
        </>
      }
    >
      <Form id={form} onSubmit={() => save.mutate()}>
        <FormError error={save.error} />
        <Field
          label="Name"
          required
          hint="A column, or a path such as address.street."
          error={errors['name']}
        >
          <Input
            value={draft.name}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => set({ name: event.target.value })}
          />
        </Field>
        <fieldset className="grid gap-1">
          <legend className="mb-1 text-sm font-medium">Classification and handling</legend>
          <TreatmentSelect name={draft.name || 'the field'} value={draft} onChange={set} />
          {(errors['classification'] ?? errors['handling']) ? (
            <p role="alert" className="text-sm text-deny">
              {errors['classification'] ?? errors['handling']}
            </p>
          ) : null}
        </fieldset>
        <Field label="Note" optional error={errors['note']}>
          <Textarea
            rows={2}
            value={draft.note}
            onChange={(event) => set({ note: event.target.value })}
          />
        </Field>
      </Form>
    </Dialog>
  );
}
