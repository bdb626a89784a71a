'use client';

import { Plus, Trash2 } from 'lucide-react';
import { useId } from 'react';
import { Button, IconButton, Menu } from '@/components/ui';
import { clauseWords } from '../condition';
import { ClauseFields } from './clause-fields';
import { clauseError, type ClauseDraft, newClause, replaced } from './condition-draft';

export interface ConditionFieldsProps {
  condition: ClauseDraft[];
  onChange: (condition: ClauseDraft[]) => void;
  /** Parameters of the action type that can be compared, with their types. */
  parameters: Record<string, 'text' | 'number' | 'boolean'>;
  errors: Record<string, string>;
}

const kinds = [
  { kind: 'compare', label: 'A value is, or is compared with, another' },
  { kind: 'one_of', label: 'A value is one of a list' },
  { kind: 'like', label: 'A text is like a pattern' },
  { kind: 'has', label: 'A value is given' },
  { kind: 'time', label: 'It is a certain time' },
  { kind: 'network', label: 'The request comes from a network' },
  { kind: 'classification', label: 'The data is classified no higher' },
] as const;

/** The clauses under which a permission holds; all of them must. */
export function ConditionFields({ condition, onChange, parameters, errors }: ConditionFieldsProps) {
  const id = useId();
  return (
    <fieldset className="grid gap-3">
      <legend className="mb-1 text-sm font-medium">
        Only if{' '}
        <span className="font-normal text-text-3">
          {condition.length === 0 ? 'no condition: it always holds' : 'all of these hold'}
        </span>
      </legend>
      {condition.map((clause, index) => {
        const error = clauseError(errors, index);
        return (
          <div key={index} className="grid gap-2 rounded-md border border-line p-2.5">
            <div className="flex items-start gap-2">
              <div className="min-w-0 flex-1">
                {clause.on === 'any' ? (
                  <p className="text-sm">{clauseWords(clause)}</p>
                ) : (
                  <ClauseFields
                    clause={clause}
                    parameters={parameters}
                    describedBy={error ? `${id}-${index}` : undefined}
                    onChange={(next) => onChange(replaced(condition, index, next))}
                  />
                )}
              </div>
              <IconButton
                icon={Trash2}
                label={`Remove condition ${index + 1}`}
                onClick={() => onChange(condition.filter((_, at) => at !== index))}
              />
            </div>
            {error ? (
              <p role="alert" id={`${id}-${index}`} className="text-sm text-deny">
                {error}
              </p>
            ) : null}
          </div>
        );
      })}
      {errors['condition'] ? (
        <p role="alert" className="text-sm text-deny">
          {errors['condition']}
        </p>
      ) : null}
      <div>
        <Menu
          align="start"
          trigger={
            <Button size="sm" icon={Plus}>
              Add a condition
            </Button>
          }
          items={kinds.map(({ kind, label }) => ({
            label,
            onSelect: () => onChange([...condition, newClause(kind, parameters)]),
          }))}
        />
      </div>
    </fieldset>
  );
}
