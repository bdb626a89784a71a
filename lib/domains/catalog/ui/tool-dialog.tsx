'use client';

import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
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
import { humanize } from '@/components/format';
import { secretsQuery } from '@/lib/domains/vault';
import { api } from '@/lib/http/fetcher';
import { catalogKeys, catalogPaths } from '../queries';
import { environments, type Tool, type ToolAuth } from '../schema';

export interface ToolDialogProps {
  tool?: Tool;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** Registers a tool, or changes how it is reached. */
export function ToolDialog({ tool, open, onOpenChange }: ToolDialogProps) {
  const form = useId();
  const router = useRouter();
  const client = useQueryClient();
  const secrets = useInfiniteQuery({ ...secretsQuery({ state: 'active' }), enabled: open });
  const [draft, setDraft] = useState(() => ({
    name: tool?.name ?? '',
    description: tool?.description ?? '',
    baseUrl: tool?.baseUrl ?? '',
    auth: tool?.auth.type ?? 'none',
    header: tool?.auth.type === 'header' ? tool.auth.header : 'X-API-Key',
    secretId: tool?.secret?.id ?? '',
    environment: tool?.environment ?? '',
    timeout: String(tool?.timeoutMs ?? 10_000),
  }));
  const set = (patch: Partial<typeof draft>) => setDraft((was) => ({ ...was, ...patch }));
  const save = useMutation({
    mutationFn: () => {
      const auth: ToolAuth =
        draft.auth === 'header' ? { type: 'header', header: draft.header } : { type: draft.auth };
      const body = {
        name: draft.name,
        description: draft.description,
        baseUrl: draft.baseUrl,
        auth,
        secretId: draft.auth === 'none' ? null : draft.secretId || null,
        environment: draft.environment || null,
        timeoutMs: Number(draft.timeout),
      };
      return tool
        ? api.patch<Tool>(catalogPaths.tool(tool.id), body)
        : api.post<Tool>(catalogPaths.tools, body);
    },
    onSuccess: (saved) => {
      client.setQueryData(catalogKeys.tool(saved.id), saved);
      void client.invalidateQueries({ queryKey: catalogKeys.all });
      onOpenChange(false);
      toast.good(tool ? 'Saved' : 'Tool registered', saved.name);
      if (!tool) router.push(`/catalog/tools/${saved.id}`);
    },
  });
  const kept = secrets.data?.pages.flatMap((page) => page.items) ?? [];
  const chosen = kept.find((secret) => secret.id === draft.secretId);
  const errors = fieldErrors(save.error);
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => {
        if (!next) save.reset();
        onOpenChange(next);
      }}
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
              {({ id, invalid }) => (
                <Select
                  id={id}
                  invalid={invalid}
                  value={draft.secretId}
                  onValueChange={(secretId) => set({ secretId })}
                  options={[
                    { value: '', label: 'none yet' },
                    ...(tool?.secret ? [{ value: tool.secret.id, label: tool.secret.name }] : []),
                    ...kept
                      .filter((secret) => secret.id !== tool?.secret?.id)
                      .map((secret) => ({ value: secret.id, label: secret.name })),
                  ]}
                />
              )}
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
