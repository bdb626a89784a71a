'use client';

import { Select } from '@/components/ui';
import type { Classification, Handling } from '../levels';
import { handlingOptions, levelOptions, type Treatment } from './words';

export interface TreatmentSelectProps {
  /** What it is of, for those who hear the page. */
  name: string;
  value: Treatment;
  onChange: (change: Partial<Treatment>) => void;
  disabled?: boolean;
  /** Id of the sentence that says why it is disabled. */
  why?: string | undefined;
}

/** The two choices about a field, beside each other. */
export function TreatmentSelect({ name, value, onChange, disabled, why }: TreatmentSelectProps) {
  const shared = {
    ...(disabled ? { disabled } : {}),
    ...(why ? { 'aria-describedby': why } : {}),
  };
  return (
    <div className="grid grid-cols-2 gap-2 wide:grid-cols-[148px_148px]">
      <Select
        {...shared}
        aria-label={`Classification of ${name}`}
        value={value.classification}
        options={levelOptions}
        onValueChange={(next) => onChange({ classification: next as Classification })}
      />
      <Select
        {...shared}
        aria-label={`Handling of ${name}`}
        value={value.handling}
        options={handlingOptions}
        onValueChange={(next) => onChange({ handling: next as Handling })}
      />
    </div>
  );
}
