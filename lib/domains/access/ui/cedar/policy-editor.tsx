'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { AlignLeft, Trash2 } from 'lucide-react';
import { useEffect, useState } from 'react';
import { plural } from '@/components/format';
import {
  Button,
  ConfirmDialog,
  Field,
  fieldErrors,
  FormError,
  Input,
  Notice,
  Panel,
  SavedMeanwhile,
  toast,
} from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { changed } from '@/lib/kernel/defined';
import type { Ability } from '@/lib/kernel/ability';
import { cedarKeys, cedarPaths, cedarSchemaQuery } from '../../cedar-policies/queries';
import type { CedarPolicy, TextCheck } from '../../cedar-policies/schema';
import { policyKeys } from '../../policies/queries';
import { SaveToDraft } from '../policies/save-to-draft';
import { CedarEditor } from './editor';
import { draftOf, kept, type PolicyDraft, removalEffects } from './policy-draft';

const PAUSE_MS = 400;
const writtenIn = ({ name, text }: CedarPolicy) => ({ name, text });

export interface PolicyEditorProps {
  draft: PolicyDraft;
  /** The policy as it is saved now. */
  now: CedarPolicy | undefined;
  onChange: (draft: PolicyDraft) => void;
  can: Ability;
  /** Saved or removed. */
  onDone: () => void;
  /** Asked to go, whatever is not saved. */
  onClose: () => void;
}

/** One text of policies: checked as one types, laid out, and saved now or to a draft. */
export function PolicyEditor({ draft, now, onChange, can, onDone, onClose }: PolicyEditorProps) {
  const { policy, name, text } = draft;
  const setText = (next: string) => onChange({ ...draft, text: next });
  const client = useQueryClient();
  const names = useQuery(cedarSchemaQuery()).data?.names;
  const [removing, setRemoving] = useState(false);
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
  /** Why it is in no draft. */
  const [refused, setRefused] = useState<unknown>(null);
  const save = useMutation({
    onMutate: () => setRefused(null),
    mutationFn: () =>
      policy
        ? api.patch<CedarPolicy>(cedarPaths.policy(policy.id), {
            ...changed(draftOf(policy), { name, text }),
            digest: policy.digest,
          })
        : api.post<CedarPolicy>(cedarPaths.policies, { name, text }),
    onSuccess: () => done('Saved'),
    // It may be what it was when it was opened no longer.
    onError: () => client.invalidateQueries({ queryKey: cedarKeys.policies }),
  });
  const remove = useMutation({
    mutationFn: (id: string) => api.delete(cedarPaths.policy(id)),
    onSuccess: () => done('Removed'),
  });
  const error = save.error ?? refused;
  const theirs = policy && now?.digest !== policy.digest ? now : undefined;
  const look = (next: PolicyDraft) => {
    onChange(next);
    save.reset();
  };
  const errors = fieldErrors(error);
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
              onClick={() => setRemoving(true)}
            >
              Remove…
            </Button>
          ) : null}
          <Button
            icon={AlignLeft}
            disabledReason={checked?.formatted ? null : 'It cannot be read yet.'}
            onClick={() => setText(checked?.formatted ?? text)}
          >
            Format
          </Button>
          <Button onClick={onClose}>Close</Button>
          {can.allowed ? (
            <SaveToDraft
              title={`Cedar policy ${name}`}
              edit={{ do: 'set_cedar_policy', name, text }}
              disabledReason={wrong}
              onSaved={onDone}
              onRefused={(why) => {
                save.reset();
                setRefused(why);
              }}
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
        <SavedMeanwhile
          what="this policy"
          before={theirs && policy && writtenIn(policy)}
          after={theirs && writtenIn(theirs)}
          onDiscard={() => look(draftOf(theirs))}
          onKeep={() => look(kept(draft, theirs))}
        />
        <FormError error={theirs ? null : error} />
        <Field label="Name" required error={errors['name']}>
          <Input
            value={name}
            readOnly={!can.allowed}
            onChange={(event) => onChange({ ...draft, name: event.target.value })}
          />
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
      {policy ? (
        <ConfirmDialog
          open={removing}
          onOpenChange={setRemoving}
          title={`Remove ${policy.name}`}
          effects={removalEffects(policy)}
          confirmLabel="Remove"
          onConfirm={() => remove.mutateAsync(policy.id)}
        />
      ) : null}
    </Panel>
  );
}
