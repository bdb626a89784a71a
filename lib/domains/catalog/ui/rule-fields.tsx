'use client';

import { Plus, Trash2 } from 'lucide-react';
import { Button, Field, IconButton, Input, Select } from '@/components/ui';
import type { RuleDraft } from './action-type-draft';

export interface RuleFieldsProps {
  rules: RuleDraft[];
  onChange: (rules: RuleDraft[]) => void;
  parameters: string[];
  errors: Record<string, string>;
}

/** Rules in code over single parameters, checked before any policy. */
export function RuleFields({ rules, onChange, parameters, errors }: RuleFieldsProps) {
  const set = (at: number, patch: Partial<RuleDraft>) =>
    onChange(rules.map((rule, index) => (index === at ? { ...rule, ...patch } : rule)));
  return (
    <fieldset className="grid gap-2.5">
      <legend className="mb-1 text-sm font-medium">
        Rules{' '}
        <span className="font-normal text-text-3">optional; a call that breaks one is denied</span>
      </legend>
      {rules.map((rule, index) => {
        const error = (name: string) => errors[`rules.${index}.${name}`];
        return (
          <div
            key={index}
            className="grid items-start gap-2.5 rounded-md border border-line p-3 wide:grid-cols-[1fr_1fr_1.4fr_auto]"
          >
            <Field label="Parameter" error={error('parameter')}>
              {({ id, invalid }) => (
                <Select
                  id={id}
                  invalid={invalid}
                  value={rule.parameter}
                  onValueChange={(parameter) => set(index, { parameter })}
                  options={[...new Set([rule.parameter, ...parameters])]
                    .filter(Boolean)
                    .map((value) => ({ value, label: value }))}
                />
              )}
            </Field>
            <Field label="Must" error={error('rule')}>
              {({ id, invalid }) => (
                <Select
                  id={id}
                  invalid={invalid}
                  value={rule.rule}
                  onValueChange={(value) => set(index, { rule: value as RuleDraft['rule'] })}
                  options={[
                    { value: 'equals_session', label: 'equal a session attribute' },
                    { value: 'range', label: 'lie within a range' },
                  ]}
                />
              )}
            </Field>
            {rule.rule === 'equals_session' ? (
              <Field label="Attribute" error={error('attribute')}>
                <Input
                  value={rule.attribute}
                  spellCheck={false}
                  placeholder="customer_id"
                  onChange={(event) => set(index, { attribute: event.target.value })}
                />
              </Field>
            ) : (
              <div className="grid grid-cols-2 gap-2.5">
                <Field label="From" error={error('min')}>
                  <Input
                    inputMode="decimal"
                    value={rule.min}
                    onChange={(event) => set(index, { min: event.target.value })}
                  />
                </Field>
                <Field label="To" error={error('max')}>
                  <Input
                    inputMode="decimal"
                    value={rule.max}
                    onChange={(event) => set(index, { max: event.target.value })}
                  />
                </Field>
              </div>
            )}
            <IconButton
              icon={Trash2}
              label={`Remove rule ${index + 1}`}
              className="wide:mt-[23px]"
              onClick={() => onChange(rules.filter((_, at) => at !== index))}
            />
          </div>
        );
      })}
      <div>
        <Button
          size="sm"
          icon={Plus}
          disabledReason={parameters.length ? null : 'The schema has no parameters yet.'}
          onClick={() =>
            onChange([
              ...rules,
              {
                parameter: parameters[0] ?? '',
                rule: 'equals_session',
                attribute: parameters[0] ?? '',
                min: '',
                max: '',
              },
            ])
          }
        >
          Add rule
        </Button>
      </div>
    </fieldset>
  );
}
