'use client';

import { useState } from 'react';
import { humanize } from '@/components/format';
import {
  Combobox,
  Field,
  fieldErrors,
  Form,
  FormError,
  Input,
  Select,
  Textarea,
} from '@/components/ui';
import { classifications } from '@/lib/domains/classification';
import { searchMembers } from '@/lib/domains/workspaces';
import { environments } from '@/lib/domains/catalog';
import type { Agent } from '../schema';
import { type AgentDraft, draftOf } from './agent-draft';

export interface AgentFormProps {
  id: string;
  agent?: Agent;
  error: unknown;
  onSubmit: (draft: AgentDraft) => void;
}

/** The fields of an agent; its submit button stands in the dialog's foot. */
export function AgentForm({ id, agent, error, onSubmit }: AgentFormProps) {
  const [draft, setDraft] = useState(() => draftOf(agent));
  const errors = fieldErrors(error);
  const set = (patch: Partial<AgentDraft>) => setDraft((was) => ({ ...was, ...patch }));
  return (
    <Form id={id} onSubmit={() => onSubmit(draft)}>
      <FormError error={error} shown={Object.keys(draft)} />
      <Field
        label="Name"
        required
        hint="Lower-case letters, digits and hyphens, as in refund-handler."
        error={errors['name']}
      >
        <Input
          value={draft.name}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => set({ name: event.target.value })}
        />
      </Field>
      <Field
        label="Purpose"
        required
        hint="What it is for, in a sentence."
        error={errors['purpose']}
      >
        <Textarea
          rows={2}
          value={draft.purpose}
          onChange={(event) => set({ purpose: event.target.value })}
        />
      </Field>
      <Field
        label="Sponsor"
        hint="The member who answers for it. An agent without one cannot be activated."
        error={errors['sponsorId']}
      >
        {(props) => (
          <Combobox
            {...props}
            value={draft.sponsorId ?? ''}
            selectedLabel={agent?.sponsor?.name ?? ''}
            onValueChange={(value) => set({ sponsorId: value || null })}
            load={searchMembers}
            placeholder="Choose a member…"
            emptyText="No active member has this name."
          />
        )}
      </Field>
      <div className="grid gap-4 wide:grid-cols-2">
        <Field label="Environment" required error={errors['environment']}>
          {({ id: field, invalid }) => (
            <Select
              id={field}
              invalid={invalid}
              value={draft.environment}
              onValueChange={(value) => set({ environment: value as AgentDraft['environment'] })}
              options={environments.map((value) => ({ value, label: humanize(value) }))}
            />
          )}
        </Field>
        <Field
          label="Clearance"
          required
          hint="The most sensitive data it may touch."
          error={errors['clearance']}
        >
          {({ id: field, invalid }) => (
            <Select
              id={field}
              invalid={invalid}
              value={draft.clearance}
              onValueChange={(value) => set({ clearance: value as AgentDraft['clearance'] })}
              options={classifications.map((value) => ({ value, label: value }))}
            />
          )}
        </Field>
      </div>
      <Field
        label="Model"
        required
        hint="What it runs on, with its version."
        error={errors['model']}
      >
        <Input
          value={draft.model}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => set({ model: event.target.value })}
        />
      </Field>
    </Form>
  );
}
