'use client';

import { useId } from 'react';
import { cx, Input, type InputProps, Select } from '@/components/ui';
import { classifications } from '@/lib/domains/classification';
import { type AttributeType, clauseWords, weekdays } from '../condition';
import { clauseOf, type SimpleDraft, typeOf } from './condition-draft';

export interface ClauseFieldsProps {
  clause: SimpleDraft;
  parameters: Record<string, AttributeType>;
  onChange: (clause: SimpleDraft) => void;
  /** Where the message about it stands. */
  describedBy: string | undefined;
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
export function ClauseFields(props: ClauseFieldsProps) {
  const { value, fault } = clauseOf(props.clause, props.parameters);
  return (
    <div className="grid gap-2">
      <Controls {...props} invalid={fault !== undefined} />
      {fault === undefined ? <p className="note">Only if {clauseWords(value)}.</p> : null}
    </div>
  );
}

function Controls({
  clause,
  parameters,
  onChange,
  describedBy,
  invalid,
}: ClauseFieldsProps & { invalid: boolean }) {
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
  const typed = { spellCheck: false, invalid, 'aria-describedby': describedBy };
  const row = 'grid gap-2 wide:grid-cols-[minmax(0,4fr)_minmax(0,3fr)_minmax(0,4fr)]';
  switch (clause.on) {
    case 'compare':
      return (
        <div className={row}>
          {left(clause.left, (value) => onChange({ ...clause, left: value }))}
          <Select
            aria-label="Comparison"
            value={clause.is}
            onValueChange={(is) => onChange({ ...clause, is: is as typeof clause.is })}
            options={comparisons.map((value) => ({ value, label: comparisonWords[value] }))}
          />
          <RightSide
            left={clause.left}
            right={clause.right}
            type={typeOf(clause.left, parameters)}
            onChange={(right) => onChange({ ...clause, right })}
            input={{ ...typed, list: known }}
          />
        </div>
      );
    case 'one_of':
      return (
        <div className="grid gap-2 wide:grid-cols-2">
          {left(clause.left, (value) => onChange({ ...clause, left: value }))}
          <Input
            {...typed}
            aria-label="Values, separated by commas"
            value={clause.values}
            placeholder="EUR, USD"
            onChange={(event) => onChange({ ...clause, values: event.target.value })}
          />
        </div>
      );
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
          {...typed}
          aria-label="Networks, separated by commas"
          value={clause.ranges}
          placeholder="10.0.0.0/8"
          onChange={(event) => onChange({ ...clause, ranges: event.target.value })}
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

const ATTRIBUTE = 'attribute';

/** True and false are chosen; all else, an attribute among it, is typed. */
function RightSide({
  left,
  right,
  type,
  onChange,
  input,
}: {
  left: string;
  right: string;
  type: AttributeType | undefined;
  onChange: (right: string) => void;
  input: InputProps;
}) {
  const typed = (
    <Input
      {...input}
      aria-label="Value or attribute"
      value={right}
      onChange={(event) => onChange(event.target.value)}
    />
  );
  if (type !== 'boolean') return typed;
  const chosen = right === 'true' || right === 'false';
  return (
    <div className="grid gap-2">
      <Select
        aria-label="Value"
        value={chosen ? right : ATTRIBUTE}
        onValueChange={(value) =>
          onChange(value === ATTRIBUTE ? `session.${left.slice(left.indexOf('.') + 1)}` : value)
        }
        options={[
          { value: 'true', label: 'true' },
          { value: 'false', label: 'false' },
          { value: ATTRIBUTE, label: 'an attribute' },
        ]}
      />
      {chosen ? null : typed}
    </div>
  );
}

function TimeControls({
  clause,
  onChange,
}: {
  clause: Extract<SimpleDraft, { on: 'time' }>;
  onChange: (clause: SimpleDraft) => void;
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
