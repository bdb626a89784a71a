'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useId, useState } from 'react';
import {
  Button,
  Combobox,
  Dialog,
  Field,
  fieldErrors,
  Form,
  FormError,
  Input,
  Select,
  Textarea,
  toast,
  pickedOf,
  valueOf,
} from '@/components/ui';
import { humanize } from '@/components/format';
import { secretQuery } from '@/lib/domains/vault';
import { api } from '@/lib/http/fetcher';
import { catalogKeys, catalogPaths } from '../queries';
import { environments, type Tool, type ToolAuth } from '../schema';
import { searchSecrets } from './find';
import { bodyOf, changesOf, draftOf, type ToolDraft } from './tool-draft';

export interface ToolDialogProps {
  tool?: Tool;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** Registers a tool, or changes how it is reached; each time it opens it begins anew. */
export function ToolDialog(props: ToolDialogProps) {
  return props.open ? <OpenDialog {...props} /> : null;
}

function OpenDialog({ tool, onOpenChange }: ToolDialogProps) {
  const form = useId();
  const router = useRouter();
  const client = useQueryClient();
  const [began] = useState(() => draftOf(tool));
  const [draft, setDraft] = useState(began);
  const set = (patch: Partial<ToolDraft>) => setDraft((was) => ({ ...was, ...patch }));
  const chosen = useQuery({
    ...secretQuery(draft.secretId),
    enabled: draft.secretId !== '',
  }).data;
  const save = useMutation({
    mutationFn: () =>
      tool
        ? api.patch<Tool>(catalogPaths.tool(tool.id), changesOf(began, draft))
        : api.post<Tool>(catalogPaths.tools, bodyOf(draft)),
    onSuccess: (saved) => {
      client.setQueryData(catalogKeys.tool(saved.id), saved);
      void client.invalidateQueries({ queryKey: catalogKeys.all });
      onOpenChange(false);
      toast.good(tool ? 'Saved' : 'Tool registered', saved.name);
      if (!tool) router.push(`/catalog/tools/${saved.id}`);
    },
  });
  const errors = fieldErrors(save.error);
  return (
    <Dialog
      open
      onOpenChange={onOpenChange}
      title={tool ? `Edit ${tool.name}` : 'New tool'}
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>Cancel</Button>
          <Button type="submit" form={form} variant="primary" loading={save.isPending}>
            {tool ? 'Save' : 'Register tool'}
          </Button>
        </>
      }
    >
      <Form id={form} onSubmit={() => save.mutate()}>
        <FormError error={save.error} />
        <Field label="Name" required error={errors['name']}>
          <Input
            value={draft.name}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => set({ name: event.target.value })}
          />
        </Field>
        <Field label="Description" optional error={errors['description']}>
          <Textarea
            rows={2}
            value={draft.description}
            onChange={(event) => set({ description: event.target.value })}
          />
        </Field>
        <Field
          label="Base URL"
          required
          hint="Paths of its action types are added to it."
          error={errors['baseUrl']}
        >
          <Input
            value={draft.baseUrl}
            inputMode="url"
            autoComplete="off"
            spellCheck={false}
            placeholder="https://orders.internal"
            onChange={(event) => set({ baseUrl: event.target.value })}
          />
        </Field>
        <div className="grid gap-4 wide:grid-cols-2">
          <Field label="It is called with" error={errors['auth'] ?? errors['auth.type']}>
            {({ id, invalid }) => (
              <Select
                id={id}
                invalid={invalid}
                value={draft.auth}
                onValueChange={(value) => set({ auth: value as ToolAuth['type'] })}
                options={[
                  { value: 'none', label: 'No secret' },
                  { value: 'bearer', label: 'Bearer token' },
                  { value: 'header', label: 'A header of its own' },
                ]}
              />
            )}
          </Field>
          {draft.auth === 'header' ? (
            <Field label="Header" required error={errors['auth.header']}>
              <Input
                value={draft.header}
                spellCheck={false}
                onChange={(event) => set({ header: event.target.value })}
              />
            </Field>
          ) : null}
          {draft.auth === 'none' ? null : (
            <Field
              label="Secret"
              hint={
                chosen?.origin
                  ? `It is sent to ${chosen.origin} only.`
                  : 'From the vault; the agent never sees it.'
              }
              error={errors['secretId']}
            >
              <Combobox
                value={pickedOf(draft.secretId)}
                selectedLabel={
                  draft.secretId === ''
                    ? 'none yet'
                    : (chosen?.name ??
                      (tool?.secret?.id === draft.secretId ? tool.secret.name : ''))
                }
                onValueChange={(picked) => set({ secretId: valueOf(picked) })}
                load={searchSecrets}
                emptyText="No secret in use has this name."
              />
            </Field>
          )}
          <Field
            label="Environment"
            hint="Agents of another one never reach it."
            error={errors['environment']}
          >
            {({ id, invalid }) => (
              <Select
                id={id}
                invalid={invalid}
                value={draft.environment}
                onValueChange={(environment) => set({ environment })}
                options={[
                  { value: '', label: 'Any' },
                  ...environments.map((value) => ({ value, label: humanize(value) })),
                ]}
              />
            )}
          </Field>
          <Field
            label="Timeout"
            required
            hint="Past it an answer counts as lost."
            error={errors['timeoutMs']}
          >
            <Input
              inputMode="numeric"
              className="num"
              suffix="ms"
              value={draft.timeout}
              onChange={(event) => set({ timeout: event.target.value })}
            />
          </Field>
        </div>
      </Form>
    </Dialog>
  );
}
