'use client';

import { Check, ChevronDown } from 'lucide-react';
import { Select as Radix } from 'radix-ui';
import { control, cx, floating } from './cx';

export interface Option {
  value: string;
  label: string;
  hint?: string;
  disabled?: boolean;
}

export interface SelectProps {
  value: string;
  onValueChange: (value: string) => void;
  options: Option[];
  placeholder?: string;
  /** Shown inside, before the value, as filters do. */
  label?: string;
  disabled?: boolean;
  invalid?: boolean;
  id?: string;
  name?: string;
  required?: boolean;
  className?: string;
  'aria-label'?: string;
  'aria-describedby'?: string;
}

// Radix keeps '' for "nothing chosen"; here it may be an option ("any").
const EMPTY = '\u0000';

export function Select(props: SelectProps) {
  const {
    value,
    onValueChange,
    options,
    placeholder,
    label,
    disabled,
    invalid,
    name,
    required,
    className,
  } = props;
  const hasEmpty = options.some((option) => option.value === '');
  const inner = value === '' && hasEmpty ? EMPTY : value;
  return (
    <Radix.Root
      value={inner}
      onValueChange={(next) => onValueChange(next === EMPTY ? '' : next)}
      {...(disabled ? { disabled } : {})}
      {...(name ? { name } : {})}
      {...(required ? { required } : {})}
    >
      <Radix.Trigger
        id={props.id}
        aria-label={
          props['aria-label'] ??
          (label
            ? `${label} ${options.find((o) => o.value === value)?.label ?? placeholder ?? 'none'}`
            : undefined)
        }
        aria-describedby={props['aria-describedby']}
        {...(invalid ? { 'aria-invalid': true as const } : {})}
        className={cx(
          control,
          'inline-flex items-center gap-2 text-left data-placeholder:text-text-3',
          label ? 'w-auto' : 'w-full',
          className,
        )}
      >
        {label ? <span className="text-text-3">{label}</span> : null}
        <span className="min-w-0 flex-1 truncate">
          <Radix.Value placeholder={placeholder ?? 'Choose…'} />
        </span>
        <ChevronDown aria-hidden className="size-3.5 shrink-0 text-text-3" strokeWidth={1.5} />
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          position="popper"
          sideOffset={4}
          collisionPadding={8}
          className={cx(
            floating,
            'max-h-(--radix-select-content-available-height) min-w-(--radix-select-trigger-width) max-w-[min(28rem,calc(100vw-16px))] overflow-hidden',
          )}
        >
          <Radix.Viewport className="p-1">
            {options.map((option) => (
              <Radix.Item
                key={option.value}
                value={option.value === '' ? EMPTY : option.value}
                {...(option.disabled ? { disabled: true } : {})}
                className="flex min-h-8 items-center gap-2 rounded-sm py-1 pr-3 pl-2 outline-none select-none data-disabled:text-text-3 data-highlighted:bg-raised max-wide:min-h-11"
              >
                <span className="flex size-3.5 shrink-0 items-center justify-center">
                  <Radix.ItemIndicator>
                    <Check aria-hidden className="size-3.5 text-accent" strokeWidth={2} />
                  </Radix.ItemIndicator>
                </span>
                <span className="min-w-0">
                  <Radix.ItemText>{option.label}</Radix.ItemText>
                  {option.hint ? (
                    <span className="block text-sm text-text-3">{option.hint}</span>
                  ) : null}
                </span>
              </Radix.Item>
            ))}
          </Radix.Viewport>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
