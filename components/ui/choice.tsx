'use client';

import { Check, Minus } from 'lucide-react';
import {
  Checkbox as RadixCheckbox,
  RadioGroup as RadixRadio,
  Switch as RadixSwitch,
} from 'radix-ui';
import { useId, type ReactElement, type ReactNode } from 'react';
import { cx } from './cx';

interface Labelled {
  label?: ReactNode;
  hint?: ReactNode;
  disabled?: boolean;
  disabledReason?: string | null | false | undefined;
  id?: string;
  className?: string;
  'aria-label'?: string;
}

function Beside({
  id,
  label,
  hint,
  reason,
  className,
  children,
}: {
  id: string;
  label?: ReactNode;
  hint?: ReactNode;
  reason?: string | undefined;
  className?: string | undefined;
  children: ReactElement;
}) {
  if (!label) return children;
  const below = reason ?? hint;
  return (
    <div className={cx('flex items-start gap-2.5', className)}>
      <span className="flex h-5 items-center">{children}</span>
      <label htmlFor={id} className="min-w-0">
        <span className={cx('block', reason && 'text-text-2')}>{label}</span>
        {below ? (
          <span id={`${id}-hint`} className="note block">
            {below}
          </span>
        ) : null}
      </label>
    </div>
  );
}

export interface CheckboxProps extends Labelled {
  checked: boolean | 'indeterminate';
  onCheckedChange: (checked: boolean) => void;
}

export function Checkbox({
  checked,
  onCheckedChange,
  label,
  hint,
  disabled,
  disabledReason,
  className,
  ...rest
}: CheckboxProps) {
  const made = useId();
  const id = rest.id ?? made;
  return (
    <Beside {...{ id, label, hint, className }} reason={disabledReason || undefined}>
      <RadixCheckbox.Root
        id={id}
        checked={checked}
        onCheckedChange={(next) => onCheckedChange(next === true)}
        disabled={disabled || Boolean(disabledReason)}
        aria-label={rest['aria-label']}
        {...(label && (hint || disabledReason) ? { 'aria-describedby': `${id}-hint` } : {})}
        className={cx(
          'relative flex size-4 shrink-0 items-center justify-center rounded-sm border border-line-control bg-panel text-on-accent',
          'before:absolute before:-inset-1 max-wide:before:-inset-3.5 data-[state=checked]:border-accent data-[state=checked]:bg-accent',
          'data-[state=indeterminate]:border-accent data-[state=indeterminate]:bg-accent disabled:cursor-not-allowed disabled:opacity-60',
          !label && className,
        )}
      >
        <RadixCheckbox.Indicator>
          {checked === 'indeterminate' ? (
            <Minus aria-hidden className="size-3" strokeWidth={2.5} />
          ) : (
            <Check aria-hidden className="size-3" strokeWidth={2.5} />
          )}
        </RadixCheckbox.Indicator>
      </RadixCheckbox.Root>
    </Beside>
  );
}

export interface SwitchProps extends Labelled {
  checked: boolean;
  onCheckedChange: (checked: boolean) => void;
}

export function Switch({
  checked,
  onCheckedChange,
  label,
  hint,
  disabled,
  disabledReason,
  className,
  ...rest
}: SwitchProps) {
  const made = useId();
  const id = rest.id ?? made;
  return (
    <Beside {...{ id, label, hint, className }} reason={disabledReason || undefined}>
      <RadixSwitch.Root
        id={id}
        checked={checked}
        onCheckedChange={onCheckedChange}
        disabled={disabled || Boolean(disabledReason)}
        aria-label={rest['aria-label']}
        {...(label && (hint || disabledReason) ? { 'aria-describedby': `${id}-hint` } : {})}
        className={cx(
          'relative h-[18px] w-8 shrink-0 rounded-full border border-line-control bg-raised transition-colors before:absolute before:-inset-1 max-wide:before:-inset-3',
          'data-[state=checked]:border-accent data-[state=checked]:bg-accent disabled:cursor-not-allowed disabled:opacity-60',
          !label && className,
        )}
      >
        <RadixSwitch.Thumb className="block size-3 translate-x-[3px] rounded-full bg-text-3 transition-transform data-[state=checked]:translate-x-[15px] data-[state=checked]:bg-on-accent" />
      </RadixSwitch.Root>
    </Beside>
  );
}

export interface RadioGroupProps {
  value: string;
  onValueChange: (value: string) => void;
  options: { value: string; label: ReactNode; hint?: ReactNode; disabled?: boolean }[];
  label: string;
  className?: string;
}

export function RadioGroup({ value, onValueChange, options, label, className }: RadioGroupProps) {
  const base = useId();
  return (
    <RadixRadio.Root
      value={value}
      onValueChange={onValueChange}
      aria-label={label}
      className={cx('grid gap-2', className)}
    >
      {options.map((option) => {
        const id = `${base}-${option.value}`;
        return (
          <Beside key={option.value} id={id} label={option.label} hint={option.hint}>
            <RadixRadio.Item
              id={id}
              value={option.value}
              {...(option.disabled ? { disabled: true } : {})}
              {...(option.hint ? { 'aria-describedby': `${id}-hint` } : {})}
              className="relative flex size-4 items-center justify-center rounded-full border border-line-control bg-panel before:absolute before:-inset-1 data-[state=checked]:border-accent disabled:opacity-60"
            >
              <RadixRadio.Indicator className="size-2 rounded-full bg-accent" />
            </RadixRadio.Item>
          </Beside>
        );
      })}
    </RadixRadio.Root>
  );
}
