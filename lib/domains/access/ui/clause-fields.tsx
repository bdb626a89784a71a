'use client';

import { useId } from 'react';
import { cx, Input, Select } from '@/components/ui';
import { classifications } from '@/lib/domains/classification';
import { Attribute, type Clause, clauseWords, isOther, weekdays } from '../condition';
import { valueOf } from './condition-draft';

type Simple = Exclude<Clause, { on: 'any' }>;
type Types = Record<string, 'text' | 'number' | 'boolean'>;

export interface ClauseFieldsProps {
  clause: Simple;
  parameters: Types;
  onChange: (clause: Simple) => void;
}

const comparisons = ['==', '!=', '<', '<=', '>', '>='] as const;
const comparisonWords = {
  '==': 'is',
  '!=': 'is not',
  '<': 'is less than',
  '<=': 'is at most',
  '>': 'is more than',
  '>=': 'is at least',
} as const;

/** One clause, with the sentence that it makes. */
export function ClauseFields({ clause, parameters, onChange }: ClauseFieldsProps) {
  return (
    <div className="grid gap-2">
      <Controls clause={clause} parameters={parameters} onChange={onChange} />
      <p className="note">Only if {clauseWords(clause)}.</p>
    </div>
  );
}

function Controls({ clause, parameters, onChange }: ClauseFieldsProps) {
  const known = useId();
  const names = [
    ...Object.keys(parameters).map((name) => `parameters.${name}`),
    'agent.environment',
    'agent.model',
    'agent.name',
    'user.id',
  ];
  const left = (value: string, set: (value: string) => void) => (
    <>
      <Input
        aria-label="Attribute"
        list={known}
        value={value}
        spellCheck={false}
        autoComplete="off"
        placeholder="parameters.…, session.…, agent.…"
        onChange={(event) => set(event.target.value)}
      />
      <datalist id={known}>
        {names.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </>
  );
  const row = 'grid gap-2 wide:grid-cols-[minmax(0,4fr)_minmax(0,3fr)_minmax(0,4fr)]';
  switch (clause.on) {
    case 'compare': {
      const type = parameters[clause.left.slice('parameters.'.length)];
      return (
        <div className={row}>
          {left(clause.left, (value) => onChange({ ...clause, left: value }))}
          <Select
            aria-label="Comparison"
            value={clause.is}
            onValueChange={(is) => onChange({ ...clause, is: is as typeof clause.is })}
            options={comparisons.map((value) => ({ value, label: comparisonWords[value] }))}
          />
          <Input
            aria-label="Value or attribute"
            list={known}
            spellCheck={false}
            value={isOther(clause.right) ? clause.right.attribute : String(clause.right)}
            onChange={({ target: { value } }) =>
              onChange({
                ...clause,
                right: Attribute.safeParse(value).success
                  ? { attribute: value }
                  : valueOf(value, type),
              })
            }
          />
        </div>
      );
    }
    case 'one_of': {
      const type = parameters[clause.left.slice('parameters.'.length)];
      return (
        <div className="grid gap-2 wide:grid-cols-2">
          {left(clause.left, (value) => onChange({ ...clause, left: value }))}
          <Input
            aria-label="Values, separated by commas"
            value={clause.values.join(', ')}
            placeholder="EUR, USD"
            onChange={({ target: { value } }) =>
              onChange({ ...clause, values: value.split(/,\s*/).map((one) => valueOf(one, type)) })
            }
          />
        </div>
      );
    }
    case 'like':
      return (
        <div className="grid gap-2 wide:grid-cols-2">
          {left(clause.left, (value) => onChange({ ...clause, left: value }))}
          <Input
            aria-label="Pattern, where * stands for anything"
            value={clause.pattern}
            placeholder="*@example.com"
            onChange={(event) => onChange({ ...clause, pattern: event.target.value })}
          />
        </div>
      );
    case 'has':
      return left(clause.left, (value) => onChange({ ...clause, left: value }));
    case 'time':
      return <TimeControls clause={clause} onChange={onChange} />;
    case 'network':
      return (
        <Input
          aria-label="Networks, separated by commas"
          value={clause.ranges.join(', ')}
          placeholder="10.0.0.0/8"
          spellCheck={false}
          onChange={(event) => onChange({ ...clause, ranges: event.target.value.split(/,\s*/) })}
        />
      );
    case 'classification':
      return (
        <Select
          aria-label="Classified no higher than"
          value={clause.atMost}
          onValueChange={(atMost) =>
            onChange({ ...clause, atMost: atMost as typeof clause.atMost })
          }
          options={classifications.map((value) => ({ value, label: value }))}
        />
      );
  }
}

function TimeControls({
  clause,
  onChange,
}: {
  clause: Extract<Simple, { on: 'time' }>;
  onChange: (clause: Simple) => void;
}) {
  const toggle = (day: (typeof weekdays)[number]) =>
    onChange({
      ...clause,
      days: clause.days.includes(day)
        ? clause.days.filter((one) => one !== day)
        : weekdays.filter((one) => one === day || clause.days.includes(one)),
    });
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap gap-1" role="group" aria-label="Days">
        {weekdays.map((day) => {
          const on = clause.days.includes(day);
          return (
            <button
              key={day}
              type="button"
              aria-pressed={on}
              onClick={() => toggle(day)}
              className={cx(
                'min-h-8 min-w-10 rounded-md border px-2 text-sm capitalize max-wide:min-h-11',
                on ? 'border-accent bg-accent-weak text-text' : 'border-line text-text-2',
              )}
            >
              {day}
            </button>
          );
        })}
      </div>
      <div className="grid gap-2 wide:grid-cols-3">
        <Input
          aria-label="From"
          type="time"
          value={clause.from}
          onChange={(event) => onChange({ ...clause, from: event.target.value })}
        />
        <Input
          aria-label="To"
          type="time"
          value={clause.to}
          onChange={(event) => onChange({ ...clause, to: event.target.value })}
        />
        <Input
          aria-label="Time zone"
          value={clause.zone}
          spellCheck={false}
          onChange={(event) => onChange({ ...clause, zone: event.target.value })}
        />
      </div>
    </div>
  );
}
