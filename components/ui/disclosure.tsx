import { ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';

export interface DisclosureProps {
  /** What opens, in a few words. */
  label: ReactNode;
  open?: boolean;
  className?: string;
  children: ReactNode;
}

/** What most readers need not see, behind a line with an arrow. */
export function Disclosure({ label, open, className, children }: DisclosureProps) {
  return (
    <details open={open} className={className}>
      <summary className="inline-flex min-h-6 items-center gap-1 rounded-sm text-sm text-text-3 hover:text-text max-wide:min-h-9">
        <ChevronRight
          aria-hidden
          strokeWidth={1.75}
          className="size-3.5 shrink-0 transition-transform [[open]>summary>&]:rotate-90"
        />
        {label}
      </summary>
      {children}
    </details>
  );
}
