'use client';

import { humanize } from '@/components/format';
import { TierLadder } from '@/components/data';
import { Field, Input, Notice, RadioGroup, Select } from '@/components/ui';
import type { Tier } from '../schema';
import { ConditionFields } from './condition-fields';
import type { PermissionDraft } from './permission-draft';

export interface PermissionFieldsProps {
  draft: PermissionDraft;
  onChange: (patch: Partial<PermissionDraft>) => void;
  errors: Record<string, string>;
  /** Parameters of the action type that are numbers. */
  numeric: string[];
  /** Parameters that a condition can compare, with their types. */
  parameters: Record<string, 'text' | 'number' | 'boolean'>;
  /** Why it will never run below some tier, whatever is chosen here. */
  floor?: string | null;
}

const tiers = [
  { value: '1', label: '1, autonomous', hint: 'Runs at once.' },
  { value: '2', label: '2, supervised', hint: 'Runs at once; a daily random sample is reviewed.' },
  { value: '3', label: '3, gated', hint: 'Waits until a person approves it.' },
];

/** Tier or ladder, and limits, of one permission. */
export function PermissionFields({
  draft,
  onChange,
  errors,
  numeric,
  parameters,
  floor,
}: PermissionFieldsProps) {
  const amounts = numeric.map((value) => ({ value, label: humanize(value) }));
  const ladderError = Object.entries(errors).find(([field]) => field.startsWith('ladder'))?.[1];
  return (
    <>
      {floor ? <Notice tone="hold">{floor}</Notice> : null}
      <RadioGroup
        label="What decides the tier"
        value={draft.by}
        onValueChange={(by) =>
          onChange({
            by: by as PermissionDraft['by'],
            // What was typed in the ladder goes with it.
            ladderInvalid: false,
            ...(draft.parameter ? {} : { parameter: numeric[0] ?? '' }),
          })
        }
        options={[
          { value: 'tier', label: 'One tier for every call' },
          {
            value: 'ladder',
            label: 'The size of an amount',
            ...(numeric.length === 0
              ? { disabled: true, hint: 'This action type has no numeric parameter.' }
              : { hint: 'A ladder: autonomous, supervised, gated, and denied above.' }),
          },
        ]}
      />
      {draft.by === 'tier' ? (
        <Field label="Tier" error={errors['tier']}>
          {({ id, invalid }) => (
            <Select
              id={id}
              invalid={invalid}
              value={String(draft.tier)}
              onValueChange={(value) => onChange({ tier: Number(value) as Tier })}
              options={tiers}
            />
          )}
        </Field>
      ) : (
        <>
          <Field label="Amount" error={errors['ladder.parameter']}>
            {({ id, invalid }) => (
              <Select
                id={id}
                invalid={invalid}
                value={draft.parameter}
                onValueChange={(parameter) => onChange({ parameter })}
                options={amounts}
                placeholder="Choose a parameter…"
              />
            )}
          </Field>
          <div>
            <TierLadder
              value={draft.ladder}
              onChange={(ladder) => onChange({ ladder })}
              onInvalidChange={(ladderInvalid) => onChange({ ladderInvalid })}
            />
            {ladderError ? (
              <p role="alert" className="mt-1 text-sm text-deny">
                {ladderError}
              </p>
            ) : null}
          </div>
        </>
      )}
      <ConditionFields
        condition={draft.condition}
        onChange={(condition) => onChange({ condition })}
        parameters={parameters}
        errors={errors}
      />
      <fieldset className="grid gap-3">
        <legend className="mb-1 text-sm font-medium">
          Limits{' '}
          <span className="font-normal text-text-3">optional; past them a call is refused</span>
        </legend>
        <div className="grid gap-3 wide:grid-cols-3">
          {(
            [
              ['perMinute', 'Calls a minute'],
              ['perHour', 'Calls an hour'],
              ['perDay', 'Calls a day'],
            ] as const
          ).map(([name, label]) => (
            <Field key={name} label={label} error={errors[`limits.${name}`]}>
              <Input
                inputMode="numeric"
                className="num"
                placeholder="no limit"
                value={draft[name]}
                onChange={(event) => onChange({ [name]: event.target.value })}
              />
            </Field>
          ))}
        </div>
        {numeric.length > 0 ? (
          <div className="grid gap-3 wide:grid-cols-3">
            <Field
              label="Sum a day of"
              error={errors['limits.amountPerDay.parameter']}
              className="wide:col-span-2"
            >
              {({ id, invalid }) => (
                <Select
                  id={id}
                  invalid={invalid}
                  value={draft.amountParameter}
                  onValueChange={(amountParameter) => onChange({ amountParameter })}
                  options={[{ value: '', label: 'no limit' }, ...amounts]}
                />
              )}
            </Field>
            {draft.amountParameter ? (
              <Field label="At most" error={errors['limits.amountPerDay.max']}>
                <Input
                  inputMode="decimal"
                  className="num"
                  value={draft.amountMax}
                  onChange={(event) => onChange({ amountMax: event.target.value })}
                />
              </Field>
            ) : null}
          </div>
        ) : null}
      </fieldset>
    </>
  );
}
