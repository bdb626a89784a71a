'use client';

import { Checkbox, Field, Select } from '@/components/ui';
import type { ActionType } from '../schema';
import { type ActionTypeDraft, numbersIn, type ParsedSchema } from './action-type-draft';
import { signingWords } from './held-words';

export interface HeldFieldsProps {
  draft: ActionTypeDraft;
  parsed: ParsedSchema;
  onChange: (patch: Partial<ActionTypeDraft>) => void;
  errors: Record<string, string>;
}

const AS_WORKSPACE = 'workspace';

/** What holds of actions of this type that wait for a person. */
export function HeldFields({ draft, parsed, onChange, errors }: HeldFieldsProps) {
  // What is chosen stays to be seen, and taken out, when the schema no longer has it.
  const numbers = [...new Set([...numbersIn(parsed.properties), ...draft.narrowable])];
  const wrong = Object.entries(errors).find(([field]) => field.startsWith('narrowable'));
  return (
    <div className="grid items-start gap-4 wide:grid-cols-2">
      <Field
        label="Approvers sign"
        hint="At least; the workspace or a route may ask for more."
        error={errors['signing']}
      >
        {({ id, invalid }) => (
          <Select
            id={id}
            invalid={invalid}
            value={draft.signing ?? AS_WORKSPACE}
            onValueChange={(value) =>
              onChange({
                signing: value === AS_WORKSPACE ? null : (value as ActionType['signing']),
              })
            }
            options={[
              { value: AS_WORKSPACE, label: 'as the workspace says' },
              ...Object.entries(signingWords).map(([value, label]) => ({ value, label })),
            ]}
          />
        )}
      </Field>
      <fieldset>
        <legend className="mb-1 text-sm font-medium">
          Approvers may make smaller <span className="font-normal text-text-3">optional</span>
        </legend>
        {numbers.length === 0 ? (
          <p className="text-sm text-text-3">The schema has no parameter that is a number.</p>
        ) : (
          <div className="flex flex-wrap gap-x-5 gap-y-1.5">
            {numbers.map((name) => (
              <Checkbox
                key={name}
                label={name}
                checked={draft.narrowable.includes(name)}
                onCheckedChange={(on) =>
                  onChange({
                    narrowable: numbers.filter((each) =>
                      each === name ? on : draft.narrowable.includes(each),
                    ),
                  })
                }
              />
            ))}
          </div>
        )}
        {wrong ? (
          <p role="alert" className="mt-1 text-sm text-deny">
            {wrong[1]}
          </p>
        ) : null}
      </fieldset>
    </div>
  );
}
