'use client';

import { LoaderCircle, type LucideIcon } from 'lucide-react';
import Link from 'next/link';
import {
  useId,
  useState,
  type AnchorHTMLAttributes,
  type ButtonHTMLAttributes,
  type MouseEvent,
  type ReactElement,
  type ReactNode,
  type Ref,
} from 'react';
import { cx } from './cx';
import { useShortcutBound } from '../hooks/use-shortcut';
import { inert } from './inert';
import { Kbd } from './kbd';
import { Tooltip } from './tooltip';

export type ButtonVariant = 'default' | 'primary' | 'danger' | 'danger-solid' | 'ghost';
/** What a record says about one of its verbs. */
export interface Can {
  allowed: boolean;
  reason?: string | null | undefined;
}

interface Look {
  variant?: ButtonVariant;
  size?: 'md' | 'sm';
  icon?: LucideIcon;
  /** Stays focusable and says why it does nothing. */
  disabledReason?: string | null | false | undefined;
  can?: Can | undefined;
}

const variants: Record<ButtonVariant, string> = {
  default: 'border-line-strong bg-panel text-text enabled-hover:bg-raised',
  primary: 'border-accent bg-accent text-on-accent enabled-hover:brightness-110',
  danger:
    'border-[color-mix(in_srgb,var(--deny)_45%,var(--line))] bg-panel text-deny enabled-hover:bg-deny-weak',
  'danger-solid': 'border-deny bg-deny text-on-deny enabled-hover:brightness-110',
  ghost:
    'border-transparent bg-transparent text-text-2 enabled-hover:bg-raised enabled-hover:text-text',
};

export function buttonClass({
  variant = 'default',
  size = 'md',
  className,
}: Look & { className?: string | undefined }) {
  return cx(
    'inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md border font-medium whitespace-nowrap select-none transition-[background-color,filter]',
    size === 'md' ? 'min-h-8 px-3 max-wide:min-h-11' : 'min-h-7 px-2 text-sm max-wide:min-h-9',
    'aria-disabled:cursor-not-allowed aria-disabled:border-line aria-disabled:bg-raised aria-disabled:text-text-3',
    'disabled:cursor-not-allowed disabled:border-line disabled:bg-raised disabled:text-text-3',
    variants[variant],
    className,
  );
}

export function whyNot(
  disabledReason: Look['disabledReason'],
  can: Can | undefined,
): string | undefined {
  if (disabledReason) return disabledReason;
  if (can && !can.allowed) return can.reason ?? 'You may not do this.';
  return undefined;
}

/** Puts the reason in a tooltip that a tap opens too, and in a description for screen readers. */
export function WithReason({
  reason,
  children,
}: {
  reason: string;
  children: (props: {
    'aria-describedby': string;
    onClick: (event: MouseEvent) => void;
  }) => ReactElement;
}) {
  const id = useId();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Tooltip content={reason} open={open} onOpenChange={setOpen}>
        {children({
          'aria-describedby': id,
          onClick: (event) => {
            event.preventDefault();
            event.stopPropagation();
            setOpen(true);
          },
        })}
      </Tooltip>
      <span id={id} className="sr-only">
        {reason}
      </span>
    </>
  );
}

function Face({
  icon: Icon,
  loading,
  kbd,
  children,
}: {
  icon?: LucideIcon | undefined;
  loading?: boolean | undefined;
  kbd?: string | undefined;
  children?: ReactNode;
}) {
  return (
    <>
      {loading ? (
        <LoaderCircle aria-hidden className="size-[15px] animate-spin" strokeWidth={1.5} />
      ) : Icon ? (
        <Icon aria-hidden className="size-[15px]" strokeWidth={1.5} />
      ) : null}
      {children}
      {kbd ? (
        <span aria-hidden className="max-wide:hidden">
          <Kbd>{kbd}</Kbd>
        </span>
      ) : null}
    </>
  );
}

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement>, Look {
  ref?: Ref<HTMLButtonElement>;
  kbd?: string;
  loading?: boolean;
}

export function Button({
  variant,
  size,
  icon,
  kbd,
  loading,
  disabledReason,
  can,
  className,
  children,
  type = 'button',
  onClick,
  ...rest
}: ButtonProps) {
  const reason = whyNot(disabledReason, can);
  const classes = buttonClass({
    ...(variant ? { variant } : {}),
    ...(size ? { size } : {}),
    className,
  });
  const bound = useShortcutBound(kbd);
  const face = <Face {...{ icon, loading, kbd, children }} />;
  if (reason) {
    return (
      <WithReason reason={reason}>
        {(why) => (
          <button {...inert(rest)} {...why} type="button" aria-disabled="true" className={classes}>
            {face}
          </button>
        )}
      </WithReason>
    );
  }
  return (
    <button
      {...(loading ? inert(rest) : rest)}
      type={type}
      className={classes}
      // Said once the key works, and not before.
      {...(kbd && bound ? { 'aria-keyshortcuts': kbd } : {})}
      {...(loading ? { 'aria-busy': true } : {})}
      onClick={loading ? (event) => event.preventDefault() : onClick}
    >
      {face}
    </button>
  );
}

export interface LinkButtonProps extends AnchorHTMLAttributes<HTMLAnchorElement>, Look {
  href: string;
}

export function LinkButton({
  href,
  variant,
  size,
  icon,
  disabledReason,
  can,
  className,
  children,
  ...rest
}: LinkButtonProps) {
  const reason = whyNot(disabledReason, can);
  const classes = buttonClass({
    ...(variant ? { variant } : {}),
    ...(size ? { size } : {}),
    className,
  });
  const face = <Face {...{ icon, children }} />;
  if (reason) {
    return (
      <WithReason reason={reason}>
        {(why) => (
          <button {...why} type="button" aria-disabled="true" className={classes}>
            {face}
          </button>
        )}
      </WithReason>
    );
  }
  return (
    <Link {...rest} href={href} className={classes}>
      {face}
    </Link>
  );
}

export interface IconButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  label: string;
  icon: LucideIcon;
  disabledReason?: string | null | false | undefined;
}

export function IconButton({
  label,
  icon: Icon,
  disabledReason,
  className,
  ...rest
}: IconButtonProps) {
  const classes = cx(
    'inline-flex size-7 shrink-0 items-center justify-center rounded-md text-text-2 max-wide:size-11',
    'enabled-hover:bg-raised enabled-hover:text-text aria-disabled:cursor-not-allowed aria-disabled:text-text-3 disabled:text-text-3',
    className,
  );
  const face = <Icon aria-hidden className="size-[15px]" strokeWidth={1.5} />;
  if (disabledReason) {
    return (
      <WithReason reason={disabledReason}>
        {(why) => (
          <button
            {...inert(rest)}
            {...why}
            type="button"
            aria-label={label}
            aria-disabled="true"
            className={classes}
          >
            {face}
          </button>
        )}
      </WithReason>
    );
  }
  return (
    <Tooltip content={label}>
      <button type="button" {...rest} aria-label={label} className={classes}>
        {face}
      </button>
    </Tooltip>
  );
}
