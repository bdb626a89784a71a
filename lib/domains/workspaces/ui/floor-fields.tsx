'use client';

import { useState } from 'react';
import { humanize } from '@/components/format';
import { Field, Select } from '@/components/ui';
import { environments, type Environment } from '@/lib/kernel/environments';
import { type FloorKind, ownFloorWords, withFloor } from '../floors';
import type { TierFloors } from '../schema';

const tiers = [
  { value: '1', label: '1, autonomous' },
  { value: '2', label: '2, supervised' },
  { value: '3', label: '3, gated' },
];
const kinds: { kind: FloorKind; label: string }[] = [
  { kind: 'irreversible', label: 'Irreversible actions' },
  { kind: 'external_communication', label: 'External communication' },
];
const WORKSPACE = 'workspace';
const INHERITED = 'inherited';

export interface FloorFieldsProps {
  value: TierFloors;
  onChange: (floors: TierFloors) => void;
  disabled?: boolean;
  /** Messages by field, such as environments.staging.irreversible. */
  errors?: Readonly<Record<string, string | undefined>>;
}

/** The floors of the workspace or of one environment, where what it does not set shows what holds. */
export function FloorFields({ value, onChange, disabled, errors = {} }: FloorFieldsProps) {
  const [place, setPlace] = useState<string>(WORKSPACE);
  const environment = place === WORKSPACE ? null : (place as Environment);
  const own = ownFloorWords(value);
  return (
    <div className="grid gap-4 wide:grid-cols-3">
      <Field
        label="Floors of"
        hint={
          own
            ? `Floors of their own: ${own}.`
            : 'No environment has floors of its own: the workspace’s hold everywhere.'
        }
      >
        {(field) => (
          <Select
            {...field}
            value={place}
            onValueChange={setPlace}
            options={[
              { value: WORKSPACE, label: 'The workspace' },
              ...environments.map((one) => ({ value: one, label: humanize(one) })),
            ]}
          />
        )}
      </Field>
      {kinds.map(({ kind, label }) => {
        const set = environment && value.environments[environment]?.[kind];
        const inherited = tiers[value[kind] - 1]?.label ?? '';
        return (
          <Field
            key={kind}
            label={label}
            error={errors[environment ? `environments.${environment}.${kind}` : kind]}
            hint={
              environment === null
                ? 'In every environment without a floor of its own.'
                : set
                  ? `Its own; the workspace’s is ${inherited}.`
                  : 'Inherited from the workspace.'
            }
          >
            {(field) => (
              <Select
                {...field}
                disabled={disabled ?? false}
                value={environment === null ? String(value[kind]) : String(set ?? INHERITED)}
                onValueChange={(tier) =>
                  onChange(
                    withFloor(
                      value,
                      environment,
                      kind,
                      tier === INHERITED ? null : (Number(tier) as 1 | 2 | 3),
                    ),
                  )
                }
                options={[
                  ...(environment === null
                    ? []
                    : [{ value: INHERITED, label: `The workspace’s (${inherited})` }]),
                  ...tiers,
                ]}
              />
            )}
          </Field>
        );
      })}
    </div>
  );
}
