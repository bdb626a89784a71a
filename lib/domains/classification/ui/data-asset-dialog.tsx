'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useId, useState } from 'react';
import {
  Button,
  Dialog,
  Field,
  fieldErrors,
  Form,
  FormError,
  Input,
  Select,
  Textarea,
  toast,
} from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { classificationKeys, classificationPaths } from '../queries';
import type { DataAssetDetail } from '../schema';
import { changed } from '@/lib/kernel/defined';
import { kindOptions } from './words';

export interface DataAssetDialogProps {
  asset?: DataAssetDetail;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** Adds a data asset, or changes what it is called; each time it opens it begins anew. */
export function DataAssetDialog(props: DataAssetDialogProps) {
  return props.open ? <OpenDialog {...props} /> : null;
}

function OpenDialog({ asset, onOpenChange }: DataAssetDialogProps) {
  const form = useId();
  const router = useRouter();
  const client = useQueryClient();
  const [began] = useState({
    name: asset?.name ?? '',
    description: asset?.description ?? '',
    kind: asset?.kind ?? 'table',
  });
  const [draft, setDraft] = useState(began);
  const set = (patch: Partial<typeof draft>) => setDraft((was) => ({ ...was, ...patch }));
  const save = useMutation({
    mutationFn: () =>
      asset
        ? api.patch<DataAssetDetail>(classificationPaths.asset(asset.id), changed(began, draft))
        : api.post<DataAssetDetail>(classificationPaths.assets, draft),
    onSuccess: (saved) => {
      client.setQueryData(classificationKeys.asset(saved.id), saved);
      void client.invalidateQueries({ queryKey: classificationKeys.all });
      onOpenChange(false);
      toast.good(asset ? 'Saved' : 'Data asset added', saved.name);
      if (!asset) router.push(`/classification/${saved.id}`);
    },
  });
  const errors = fieldErrors(save.error);
  return (
    <Dialog
      open
      onOpenChange={onOpenChange}
      title={asset ? `Edit ${asset.name}` : 'New data asset'}
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>Cancel</Button>
          <Button type="submit" form={form} variant="primary" loading={save.isPending}>
            {asset ? 'Save' : 'Add data asset'}
          </Button>
        </>
      }
    >
      <Form id={form} onSubmit={() => save.mutate()}>
        <FormError error={save.error} />
        <Field
          label="Name"
          required
          hint="Such as customers, or hr.payslips."
          error={errors['name']}
        >
          <Input
            value={draft.name}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => set({ name: event.target.value })}
          />
        </Field>
        <Field label="Kind" error={errors['kind']}>
          {({ id, invalid }) => (
            <Select
              id={id}
              invalid={invalid}
              value={draft.kind}
              options={kindOptions}
              onValueChange={(kind) => set({ kind: kind as DataAssetDetail['kind'] })}
            />
          )}
        </Field>
        <Field label="Description" optional error={errors['description']}>
          <Textarea
            rows={2}
            value={draft.description}
            onChange={(event) => set({ description: event.target.value })}
          />
        </Field>
      </Form>
    </Dialog>
  );
}
