'use client';

import { CircleAlert } from 'lucide-react';
import {
  cloneElement,
  isValidElement,
  useEffect,
  useId,
  useRef,
  type FormEvent,
  type FormHTMLAttributes,
  type ReactElement,
  type ReactNode,
} from 'react';
import { formSentence, isSignedOut } from '../problem';
import { cx } from './cx';
import { SignInAgain } from './sign-in-again';

export { fieldErrors } from '../problem';

export interface ControlProps {
  id: string;
  invalid: boolean;
  required?: boolean;
  'aria-describedby'?: string;
}

export interface FieldProps {
  label: ReactNode;
  hint?: ReactNode;
  error?: string | null | undefined;
  required?: boolean;
  optional?: boolean;
  children: ReactElement | ((props: ControlProps) => ReactNode);
  className?: string;
}

/** A label, one control, and what to know about it. The error takes nothing that was typed away. */
export function Field({ label, hint, error, required, optional, children, className }: FieldProps) {
  const made = useId();
  const own = isValidElement<{ id?: string }>(children) ? children.props.id : undefined;
  const id = own ?? made;
  const described = [error ? `${id}-error` : '', hint ? `${id}-hint` : '']
    .filter(Boolean)
    .join(' ');
  const props: ControlProps = {
    id,
    invalid: Boolean(error),
    ...(required ? { required } : {}),
    ...(described ? { 'aria-describedby': described } : {}),
  };
  return (
    <div className={cx('grid content-start gap-1', className)}>
      <label htmlFor={id} className="text-sm font-medium">
        {label}
        {required ? (
          <span aria-hidden className="text-deny">
            {' '}
            *
          </span>
        ) : null}
        {optional ? <span className="font-normal text-text-3"> optional</span> : null}
      </label>
      {typeof children === 'function'
        ? children(props)
        : cloneElement(children as ReactElement<ControlProps>, props)}
      {hint ? (
        <div id={`${id}-hint`} className="note">
          {hint}
        </div>
      ) : null}
      {error ? (
        <div id={`${id}-error`} className="flex items-start gap-1.5 text-sm text-deny">
          <CircleAlert aria-hidden className="mt-0.5 size-3.5 shrink-0" strokeWidth={1.5} />
          <span className="inline-block first-letter:uppercase">{error}</span>
        </div>
      ) : null}
    </div>
  );
}

/** The sentence of a problem, above or below a form; `shown` are the fields that show their own. */
export function FormError({
  error,
  shown,
  className,
}: {
  error: unknown;
  shown?: readonly string[];
  className?: string;
}) {
  const place = useRef<HTMLDivElement>(null);
  // Whoever saves at the end of a long form sees why nothing came of it.
  useEffect(() => {
    if (error) place.current?.scrollIntoView({ block: 'nearest' });
  }, [error]);
  return (
    <div ref={place} role="alert" className={cx('scroll-my-20', !error && 'hidden', className)}>
      {error ? (
        <div className="flex items-start gap-2 rounded-md bg-deny-weak px-3 py-2 text-deny">
          <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" strokeWidth={1.5} />
          {isSignedOut(error) ? (
            <span>
              You are signed out. What you typed is kept: <SignInAgain /> and try again here.
            </span>
          ) : (
            <span>{formSentence(error, shown)}</span>
          )}
        </div>
      ) : null}
    </div>
  );
}

export interface FormProps extends Omit<FormHTMLAttributes<HTMLFormElement>, 'onSubmit'> {
  onSubmit: (event: FormEvent<HTMLFormElement>) => void;
}

export function Form({ onSubmit, className, ...rest }: FormProps) {
  return (
    <form
      // Sent by a browser before React is there, nothing of it is in an address.
      method="post"
      noValidate
      {...rest}
      className={cx('grid gap-4', className)}
      onSubmit={(event) => {
        event.preventDefault();
        event.stopPropagation();
        onSubmit(event);
      }}
    />
  );
}
