'use client';

import { formatMinutes } from '@/components/format';
import { Field, Input, Select } from '@/components/ui';
import type { RouteDraft } from './route-draft';

const signings = [
  { value: '', label: 'as the workspace says' },
  { value: 'step_up', label: 'a fresh proof of who they are', hint: 'At most 5 minutes old.' },
  { value: 'passkey', label: 'a passkey', hint: 'Bound to exactly what they saw.' },
];

/** How long it waits, and how it is signed. */
export function WaitFields({
  draft,
  change,
  errors,
}: {
  draft: RouteDraft;
  change: (patch: Partial<RouteDraft>) => void;
  errors: Record<string, string>;
}) {
  const minutes = Number(draft.wait);
  return (
    <div className="grid gap-3 wide:grid-cols-2">
      <Field
        label="It waits"
        optional
        error={errors['wait_minutes']}
        hint={
          draft.wait !== '' && Number.isInteger(minutes) && minutes > 0
            ? `${formatMinutes(minutes)}; then it expires and does not run.`
            : 'As the workspace says; at most 43,200 minutes, which are 30 days.'
        }
      >
        <Input
          inputMode="numeric"
          className="num"
          suffix="min"
          value={draft.wait}
          onChange={(event) => change({ wait: event.target.value })}
        />
      </Field>
      <Field
        label="Each signature takes"
        error={errors['signing']}
        hint="The strongest of workspace, action type and route holds."
      >
        {({ id, invalid }) => (
          <Select
            id={id}
            invalid={invalid}
            value={draft.signing === 'session' ? '' : draft.signing}
            onValueChange={(signing) => change({ signing })}
            options={signings}
          />
        )}
      </Field>
    </div>
  );
}
