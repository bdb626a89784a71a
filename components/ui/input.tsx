import type { LucideIcon } from 'lucide-react';
import type { InputHTMLAttributes, ReactNode, Ref, TextareaHTMLAttributes } from 'react';
import { control, cx } from './cx';

export interface InputProps extends InputHTMLAttributes<HTMLInputElement> {
  icon?: LucideIcon;
  suffix?: ReactNode;
  invalid?: boolean;
  ref?: Ref<HTMLInputElement>;
}

export function Input({ icon: Icon, suffix, invalid, className, ...rest }: InputProps) {
  const state = invalid ? { 'aria-invalid': true as const } : {};
  if (!Icon && !suffix)
    return <input {...rest} {...state} className={cx(control, 'w-full', className)} />;
  return (
    <span className={cx('relative flex w-full min-w-0 items-center', className)}>
      {Icon ? (
        <Icon
          aria-hidden
          className="pointer-events-none absolute left-2.5 size-[15px] text-text-3"
          strokeWidth={1.5}
        />
      ) : null}
      <input
        {...rest}
        {...state}
        className={cx(control, 'w-full', Icon && 'pl-8', suffix ? 'pr-14' : null)}
      />
      {suffix ? <span className="absolute right-2.5 text-sm text-text-3">{suffix}</span> : null}
    </span>
  );
}

export interface TextareaProps extends TextareaHTMLAttributes<HTMLTextAreaElement> {
  invalid?: boolean;
  ref?: Ref<HTMLTextAreaElement>;
}

/** Grows with what is typed, up to half the window. */
export function Textarea({ invalid, className, rows = 3, ...rest }: TextareaProps) {
  return (
    <textarea
      {...rest}
      rows={rows}
      {...(invalid ? { 'aria-invalid': true as const } : {})}
      className={cx(control, 'w-full field-sizing-content max-h-[50vh] resize-y py-1.5', className)}
      style={{ minHeight: `calc(${rows} * 1.5em + 14px)`, ...rest.style }}
    />
  );
}
