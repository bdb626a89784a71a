import type { ReactNode } from 'react';
import { cx } from './cx';

export function Kbd({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <kbd
      className={cx(
        'inline-block rounded-sm border border-current/35 px-[5px] font-mono text-[11px] leading-[1.5] font-medium',
        className,
      )}
    >
      {children}
    </kbd>
  );
}
