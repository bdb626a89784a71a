'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { AlignLeft, Trash2 } from 'lucide-react';
import { useEffect, useState } from 'react';
import { plural } from '@/components/format';
import {
  Button,
  Field,
  fieldErrors,
  FormError,
  Input,
  Notice,
  Panel,
  toast,
} from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import type { Ability } from '@/lib/kernel/ability';
import { cedarPaths, cedarSchemaQuery } from '../../cedar-policies/queries';
import type { CedarPolicy, TextCheck } from '../../cedar-policies/schema';
import { policyKeys } from '../../policies/queries';
import { SaveToDraft } from '../policies/save-to-draft';
import { CedarEditor } from './editor';

const PAUSE_MS = 400;
const begun = 'permit (principal is Agent, action, resource)\nwhen { false };\n';

export interface PolicyEditorProps {
  /** Undefined for a new one. */
  policy: CedarPolicy | undefined;
  can: Ability;
  onDone: () => void;
}

/** One text of policies: checked as one types, laid out, and saved now or to a draft. */
export function PolicyEditor({ policy, can, onDone }: PolicyEditorProps) {
  const client = useQueryClient();
  const names = useQuery(cedarSchemaQuery()).data?.names;
  const [name, setName] = useState(policy?.name ?? '');
  const [text, setText] = useState(policy?.text ?? begun);
  const { data: checked, mutate: check } = useMutation({
    mutationFn: (now: string) => api.post<TextCheck>(cedarPaths.check, { text: now }),
  });
  useEffect(() => {
    if (!can.allowed) return undefined;
    const timer = setTimeout(() => check(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text, check, can.allowed]);
  const done = (title: string) => {
    toast.good(title, name);
    void client.invalidateQueries({ queryKey: policyKeys.all });
    onDone();
  };
  const save = useMutation({
    mutationFn: () =>
      policy
        ? api.patch<CedarPolicy>(cedarPaths.policy(policy.id), { name, text })
        : api.post<CedarPolicy>(cedarPaths.policies, { name, text }),
    onSuccess: () => done('Saved'),
  });
  const remove = useMutation({
    mutationFn: () => api.delete(cedarPaths.policy(policy?.id ?? '')),
    onSuccess: () => done('Removed'),
    onError: (error) => toast.error(error, 'Not removed'),
  });
  const errors = fieldErrors(save.error);
  const problems = checked?.problems ?? [];
  const wrong = problems.length > 0 ? 'The text is not valid yet.' : null;
  return (
    <Panel
      title={policy ? policy.name : 'New policy'}
      note={checked ? (problems.length === 0 ? 'valid' : plural(problems.length, 'problem')) : ''}
      footer={
        <div className="flex flex-wrap justify-end gap-2">
          {policy ? (
            <Button
              icon={Trash2}
              variant="danger"
              can={policy.can.remove}
              loading={remove.isPending}
              onClick={() => remove.mutate()}
            >
              Remove
            </Button>
          ) : null}
          <Button
            icon={AlignLeft}
            disabledReason={checked?.formatted ? null : 'It cannot be read yet.'}
            onClick={() => setText(checked?.formatted ?? text)}
          >
            Format
          </Button>
          <Button onClick={onDone}>Close</Button>
          {can.allowed ? (
            <SaveToDraft
              title={`Cedar policy ${name}`}
              edit={{ do: 'set_cedar_policy', name, text }}
              disabledReason={wrong}
              onSaved={onDone}
            />
          ) : null}
          <Button
            variant="primary"
            can={can}
            disabledReason={wrong}
            loading={save.isPending}
            onClick={() => save.mutate()}
          >
            Save
          </Button>
        </div>
      }
    >
      <div className="grid gap-3">
        <FormError error={save.error} />
        <Field label="Name" required error={errors['name']}>
          <Input value={name} onChange={(event) => setName(event.target.value)} />
        </Field>
        <CedarEditor
          label="Cedar policies"
          value={text}
          onChange={setText}
          problems={problems}
          names={names}
          readOnly={!can.allowed}
        />
        <ul aria-label="Problems" aria-live="polite" className="grid gap-1 text-sm text-deny">
          {problems.map(({ line, column, message }) => (
            <li key={`${line}:${column}:${message}`}>
              Line {line}, column {column}: {message}
            </li>
          ))}
        </ul>
        {(checked?.uncompiled ?? []).map(({ policy: one, why }) => (
          <Notice key={one} tone="hold">
            One policy is evaluated by Cedar itself, which takes longer: {why}.
          </Notice>
        ))}
      </div>
    </Panel>
  );
}
