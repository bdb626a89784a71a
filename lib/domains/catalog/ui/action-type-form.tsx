'use client';

import { humanize } from '@/components/format';
import { Checkbox, Combobox, Field, Input, Select, Textarea } from '@/components/ui';
import { classifications } from '@/lib/domains/classification';
import { type ActionType, effects, methods, reversibilities } from '../schema';
import type { ActionTypeDraft, ParsedSchema } from './action-type-draft';
import { searchTools } from './find';
import { HeldFields } from './held-fields';
import { RuleFields } from './rule-fields';
import { previewOf } from './sentence';

export interface ActionTypeFieldsProps {
  draft: ActionTypeDraft;
  parsed: ParsedSchema;
  onChange: (patch: Partial<ActionTypeDraft>) => void;
  errors: Record<string, string>;
  /** The name of the tool that it began with. */
  tool: string;
  isNew: boolean;
}

const choices = (values: readonly string[]) =>
  values.map((value) => ({ value, label: humanize(value) }));

/** The fields of an action type: what it is, how it is called, how risky it is. */
export function ActionTypeFields(props: ActionTypeFieldsProps) {
  const { draft, parsed, onChange, errors, tool, isNew } = props;
  const under = (name: string) =>
    Object.entries(errors).find(([field]) => field === name || field.startsWith(`${name}.`));
  const schemaError = under('parameters');
  const preview = previewOf(draft.sentence, parsed.properties);
  return (
    <>
      <div className="grid gap-4 wide:grid-cols-2">
        {isNew ? (
          <Field
            label="Key"
            required
            hint="Agents propose by it, so it stays: refunds.create."
            error={errors['key']}
          >
            <Input
              value={draft.key}
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => onChange({ key: event.target.value })}
            />
          </Field>
        ) : null}
        <Field label="Title" required error={errors['title']}>
          <Input
            value={draft.title}
            onChange={(event) => onChange({ title: event.target.value })}
          />
        </Field>
        <Field label="Tool" required error={errors['toolId']}>
          <Combobox
            value={draft.toolId}
            selectedLabel={tool}
            onValueChange={(toolId) => onChange({ toolId })}
            load={searchTools}
            placeholder="Choose a tool…"
            emptyText="No active tool has this name."
          />
        </Field>
      </div>
      <Field label="Description" optional error={errors['description']}>
        <Textarea
          rows={2}
          value={draft.description}
          onChange={(event) => onChange({ description: event.target.value })}
        />
      </Field>
      <div className="grid gap-4 wide:grid-cols-[140px_1fr]">
        <Field label="Method" required error={errors['method']}>
          {({ id, invalid }) => (
            <Select
              id={id}
              invalid={invalid}
              value={draft.method}
              onValueChange={(value) => onChange({ method: value as ActionType['method'] })}
              options={methods.map((value) => ({ value, label: value }))}
            />
          )}
        </Field>
        <Field
          label="Path"
          required
          hint="A required parameter in braces goes into the path: /orders/{order_id}."
          error={errors['pathTemplate']}
        >
          <Input
            className="mono"
            value={draft.pathTemplate}
            spellCheck={false}
            onChange={(event) => onChange({ pathTemplate: event.target.value })}
          />
        </Field>
      </div>
      <Field
        label="Parameters"
        required
        hint="JSON Schema (2020-12) of an object. What it does not name is refused."
        error={
          parsed.error
            ? `This is not JSON: ${parsed.error}`
            : schemaError &&
              (schemaError[0] === 'parameters'
                ? schemaError[1]
                : `${schemaError[0].slice('parameters.'.length)}: ${schemaError[1]}`)
        }
      >
        <Textarea
          rows={12}
          className="mono"
          spellCheck={false}
          value={draft.parameters}
          onChange={(event) => onChange({ parameters: event.target.value })}
        />
      </Field>
      <Field
        label="Sentence"
        hint={
          draft.sentence ? (
            <>
              The approver reads: <span className="font-medium text-text">{preview}</span>
            </>
          ) : (
            'What the approver reads, with {parameters} in it. Without one, the agent’s own summary is shown.'
          )
        }
        error={errors['sentence']}
      >
        <Input
          value={draft.sentence}
          placeholder="Refund {amount} {currency} to order {order_id}"
          onChange={(event) => onChange({ sentence: event.target.value })}
        />
      </Field>
      <fieldset>
        <legend className="mb-1 text-sm font-medium">Effects</legend>
        <div className="flex flex-wrap gap-x-5 gap-y-1.5">
          {effects.map((effect) => (
            <Checkbox
              key={effect}
              label={humanize(effect)}
              checked={draft.effects.includes(effect)}
              onCheckedChange={(on) =>
                onChange({
                  effects: effects.filter((each) =>
                    each === effect ? on : draft.effects.includes(each),
                  ),
                })
              }
            />
          ))}
        </div>
        {errors['effects'] ? (
          <p role="alert" className="mt-1 text-sm text-deny">
            {errors['effects']}
          </p>
        ) : null}
      </fieldset>
      <div className="grid gap-4 wide:grid-cols-2">
        <Field label="If it is wrong" required error={errors['reversibility']}>
          {({ id, invalid }) => (
            <Select
              id={id}
              invalid={invalid}
              value={draft.reversibility}
              onValueChange={(value) =>
                onChange({ reversibility: value as ActionType['reversibility'] })
              }
              options={choices(reversibilities)}
            />
          )}
        </Field>
        <Field
          label="Classification"
          required
          hint="Of the data it touches. A linked field of a higher one raises it."
          error={errors['classification']}
        >
          {({ id, invalid }) => (
            <Select
              id={id}
              invalid={invalid}
              value={draft.classification}
              onValueChange={(value) =>
                onChange({ classification: value as ActionType['classification'] })
              }
              options={classifications.map((value) => ({ value, label: value }))}
            />
          )}
        </Field>
      </div>
      <HeldFields draft={draft} parsed={parsed} onChange={onChange} errors={errors} />
      <RuleFields
        rules={draft.rules}
        onChange={(rules) => onChange({ rules })}
        parameters={Object.keys(parsed.properties)}
        errors={errors}
      />
    </>
  );
}
