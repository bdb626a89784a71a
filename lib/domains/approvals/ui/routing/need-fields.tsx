'use client';

import { Plus, X } from 'lucide-react';
import { formatMinutes, plural } from '@/components/format';
import { Button, Field, IconButton, Input, Select } from '@/components/ui';
import type { ApproverGroup } from '../../schema';
import { ANYONE, type NeedDraft, newNeed, newStep } from './route-draft';

interface NeedFieldsProps {
  needs: NeedDraft[];
  groups: ApproverGroup[];
  errors: Record<string, string>;
  onChange: (needs: NeedDraft[]) => void;
}

const MOST_NEEDS = 10;
const MOST_STEPS = 5;

/** Whose signatures, how many of each, and who may sign once it has waited. */
export function NeedFields({ needs, groups, errors, onChange }: NeedFieldsProps) {
  const options = [
    { value: ANYONE, label: 'Any approver of the workspace' },
    ...groups.map(({ id, name, members }) => ({
      ...{ value: id, label: name },
      hint: `${plural(members.filter(({ approves }) => approves).length, 'member')} who can approve`,
    })),
  ];
  const set = (at: number, patch: Partial<NeedDraft>) =>
    onChange(needs.map((need, index) => (index === at ? { ...need, ...patch } : need)));
  return (
    <fieldset className="grid gap-3">
      <legend className="mb-1 text-sm font-medium">
        Whose signatures it takes{' '}
        <span className="font-normal text-text-3">all of these, each person once</span>
      </legend>
      {errors['needs'] ? (
        <p role="alert" className="text-sm text-deny">
          {errors['needs']}
        </p>
      ) : null}
      {needs.map((need, at) => (
        <div
          key={need.key}
          role="group"
          aria-label={`Signatures ${at + 1}`}
          className="grid gap-3 rounded-md border border-line px-3 py-2.5"
        >
          <div className="flex items-start gap-2">
            <Field label="Signatures" className="w-24" error={errors[`needs.${at}.count`]}>
              <Input
                inputMode="numeric"
                className="num"
                value={need.count}
                onChange={(event) => set(at, { count: event.target.value })}
              />
            </Field>
            <Field label="of" className="min-w-0 flex-1" error={errors[`needs.${at}.group`]}>
              {({ id, invalid }) => (
                <Select
                  id={id}
                  invalid={invalid}
                  value={need.group}
                  onValueChange={(group) => set(at, { group })}
                  options={options}
                />
              )}
            </Field>
            <IconButton
              icon={X}
              label={`Remove signatures ${at + 1}`}
              className="mt-6"
              disabledReason={needs.length === 1 ? 'A route takes at least one signature.' : null}
              onClick={() => onChange(needs.filter((_, index) => index !== at))}
            />
          </div>
          <Steps need={need} at={at} {...{ options, errors }} set={(patch) => set(at, patch)} />
        </div>
      ))}
      <div>
        <Button
          size="sm"
          icon={Plus}
          disabledReason={needs.length >= MOST_NEEDS ? `At most ${MOST_NEEDS}.` : null}
          onClick={() => onChange([...needs, newNeed(groups[0]?.id)])}
        >
          Also signatures of another group
        </Button>
      </div>
    </fieldset>
  );
}

interface StepsProps {
  need: NeedDraft;
  at: number;
  options: { value: string; label: string }[];
  errors: Record<string, string>;
  set: (patch: Partial<NeedDraft>) => void;
}

/** Who may sign in a group's place once it has waited so long. */
function Steps({ need, at, options, errors, set }: StepsProps) {
  const steps = need.escalation;
  const change = (index: number, patch: Partial<(typeof steps)[number]>) =>
    set({ escalation: steps.map((step, i) => (i === index ? { ...step, ...patch } : step)) });
  return (
    <>
      {steps.map((step, index) => (
        <div key={step.key} role="group" aria-label={`Later ${index + 1}`} className="flex gap-2">
          <Field
            label="After"
            className="w-24"
            error={errors[`needs.${at}.escalation.${index}.after_minutes`]}
            hint={Number(step.after) >= 60 ? formatMinutes(Number(step.after)) : undefined}
          >
            <Input
              inputMode="numeric"
              className="num"
              suffix="min"
              value={step.after}
              onChange={(event) => change(index, { after: event.target.value })}
            />
          </Field>
          <Field
            label="also"
            className="min-w-0 flex-1"
            error={errors[`needs.${at}.escalation.${index}.group`]}
          >
            {({ id, invalid }) => (
              <Select
                id={id}
                invalid={invalid}
                value={step.group}
                onValueChange={(group) => change(index, { group })}
                options={options}
              />
            )}
          </Field>
          <IconButton
            icon={X}
            label={`Remove later ${index + 1}`}
            className="mt-6"
            onClick={() => set({ escalation: steps.filter((_, i) => i !== index) })}
          />
        </div>
      ))}
      <div>
        <Button
          size="sm"
          variant="ghost"
          icon={Plus}
          disabledReason={steps.length >= MOST_STEPS ? `At most ${MOST_STEPS}.` : null}
          onClick={() => set({ escalation: [...steps, newStep()] })}
        >
          If nobody signs, also…
        </Button>
      </div>
    </>
  );
}
