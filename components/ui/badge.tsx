import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { cx, toneText, toneWeak, type Tone } from './cx';

export interface BadgeProps {
  tone?: Tone;
  icon?: LucideIcon;
  outline?: boolean;
  children: ReactNode;
  className?: string;
  title?: string;
}

export function Badge({
  tone = 'neutral',
  icon: Icon,
  outline,
  children,
  className,
  title,
}: BadgeProps) {
  return (
    <span
      title={title}
      className={cx(
        'inline-flex items-center gap-1 rounded-sm px-[7px] py-px text-xs font-medium whitespace-nowrap',
        outline ? cx('shadow-[inset_0_0_0_1px_currentColor]', toneText[tone]) : toneWeak[tone],
        className,
      )}
    >
      {Icon ? <Icon aria-hidden className="size-3 shrink-0" strokeWidth={2} /> : null}
      {children}
    </span>
  );
}
