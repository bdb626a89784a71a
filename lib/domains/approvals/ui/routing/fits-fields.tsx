'use client';

import { useQuery } from '@tanstack/react-query';
import { Field, Input, MultiCombobox, Select } from '@/components/ui';
import { actionTypeIndexQuery } from '@/lib/domains/catalog';
import { classifications } from '@/lib/domains/classification';
import { searchAgents } from '../../routing/queries';
import type { RouteDraft } from './route-draft';
import type { Names } from './words';

interface FitsFieldsProps {
  draft: RouteDraft;
  change: (patch: Partial<RouteDraft>) => void;
  errors: Record<string, string>;
  /** Of agents that are chosen already. */
  agents: Names;
}

/** The error of a list or of anything in it. */
function within(errors: Record<string, string>, field: string): string | undefined {
  return Object.entries(errors).find(
    ([name]) => name === field || name.startsWith(`${field}.`),
  )?.[1];
}

/** Which held actions a route is for; what is left out fits everything. */
export function FitsFields({ draft, change, errors, agents }: FitsFieldsProps) {
  const types = useQuery(actionTypeIndexQuery());
  return (
    <fieldset className="grid gap-3">
      <legend className="mb-1 text-sm font-medium">
        What it is for{' '}
        <span className="font-normal text-text-3">what is left out fits everything</span>
      </legend>
      <Field label="Action types" optional error={within(errors, 'fits.action_types')}>
        {({ id, invalid }) => (
          <MultiCombobox
            id={id}
            invalid={invalid}
            value={draft.actionTypes}
            onValueChange={(actionTypes) => change({ actionTypes })}
            placeholder={types.isPending ? 'Loading…' : 'every action type'}
            options={[...(types.data?.values() ?? [])]
              .filter(({ state, key }) => state === 'active' || draft.actionTypes.includes(key))
              .map(({ key, title, tool }) => ({
                ...{ value: key, label: key, hint: `${title}, ${tool.name}` },
                keywords: `${title} ${tool.name}`,
              }))}
          />
        )}
      </Field>
      <Field label="Agents" optional error={within(errors, 'fits.agents')}>
        {({ id, invalid }) => (
          <MultiCombobox
            id={id}
            invalid={invalid}
            value={draft.agents}
            onValueChange={(chosen) => change({ agents: chosen })}
            placeholder="every agent"
            emptyText="No agent has this name."
            load={searchAgents}
            options={draft.agents.map((one) => ({ value: one, label: agents.get(one) ?? one }))}
          />
        )}
      </Field>
      <div className="grid gap-3 wide:grid-cols-3">
        <Field
          label="Data it touches"
          optional
          error={errors['fits.classification']}
          hint="The highest counts."
        >
          {({ id, invalid }) => (
            <Select
              id={id}
              invalid={invalid}
              value={draft.classification}
              onValueChange={(classification) => change({ classification })}
              options={[
                { value: '', label: 'any' },
                ...classifications.map((level) => ({
                  value: level,
                  label: level === classifications.at(-1) ? level : `${level} or above`,
                })),
              ]}
            />
          )}
        </Field>
        <Field
          label="Amounts from"
          optional
          error={errors['fits.amount_from']}
          hint="This one too."
        >
          <Input
            inputMode="decimal"
            className="num"
            placeholder="any"
            value={draft.amountFrom}
            onChange={(event) => change({ amountFrom: event.target.value })}
          />
        </Field>
        <Field
          label="Amounts below"
          optional
          error={errors['fits.amount_below']}
          hint="Without an amount it does not fit."
        >
          <Input
            inputMode="decimal"
            className="num"
            placeholder="any"
            value={draft.amountBelow}
            onChange={(event) => change({ amountBelow: event.target.value })}
          />
        </Field>
      </div>
    </fieldset>
  );
}
