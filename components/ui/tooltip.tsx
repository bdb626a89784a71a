'use client';

import { Tooltip as Radix } from 'radix-ui';
import type { ReactElement, ReactNode } from 'react';

export const TooltipProvider = Radix.Provider;

export interface TooltipProps {
  content: ReactNode;
  children: ReactElement;
  side?: 'top' | 'right' | 'bottom' | 'left';
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
}

/** Says more about what it is around. Never the only place of something one must know. */
export function Tooltip({ content, children, side = 'top', open, onOpenChange }: TooltipProps) {
  if (content === null || content === undefined || content === '') return children;
  return (
    <Radix.Root
      {...(open === undefined ? {} : { open })}
      {...(onOpenChange ? { onOpenChange } : {})}
    >
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          side={side}
          sideOffset={6}
          collisionPadding={8}
          className="z-[60] max-w-72 rounded-md bg-text px-2.5 py-1.5 text-sm text-bg shadow-float animate-in"
        >
          {content}
          <Radix.Arrow className="fill-text" />
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
