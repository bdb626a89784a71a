'use client';

import type { LucideIcon } from 'lucide-react';
import Link from 'next/link';
import { DropdownMenu as Radix, Popover as RadixPopover } from 'radix-ui';
import type { ReactElement, ReactNode } from 'react';
import { cx, floating } from './cx';
import { Kbd } from './kbd';

export type MenuItem =
  | {
      label: string;
      icon?: LucideIcon;
      onSelect?: () => void;
      href?: string;
      tone?: 'deny';
      disabledReason?: string | null | false | undefined;
      kbd?: string;
    }
  | 'separator';

export interface MenuProps {
  trigger: ReactElement;
  items: MenuItem[];
  align?: 'start' | 'end';
}

export function Menu({ trigger, items, align = 'end' }: MenuProps) {
  return (
    <Radix.Root modal={false}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align={align}
          sideOffset={4}
          collisionPadding={8}
          className={cx(
            floating,
            'max-h-(--radix-dropdown-menu-content-available-height) max-w-80 min-w-44 overflow-y-auto p-1',
          )}
        >
          {items.map((item, index) => {
            if (item === 'separator')
              return <Radix.Separator key={index} className="my-1 border-t border-line" />;
            const Icon = item.icon;
            const face = (
              <>
                {Icon ? (
                  <Icon aria-hidden className="mt-0.5 size-[15px] shrink-0" strokeWidth={1.5} />
                ) : null}
                <span className="min-w-0 flex-1">
                  {item.label}
                  {item.disabledReason ? (
                    <span className="block text-sm text-text-3">{item.disabledReason}</span>
                  ) : null}
                </span>
                {item.kbd ? <Kbd>{item.kbd}</Kbd> : null}
              </>
            );
            const classes = cx(
              'flex min-h-8 items-start gap-2 rounded-sm px-2 py-1.5 outline-none select-none data-highlighted:bg-raised max-wide:min-h-11',
              item.disabledReason ? 'text-text-3' : item.tone === 'deny' && 'text-deny',
            );
            return (
              <Radix.Item
                key={index}
                asChild={Boolean(item.href) && !item.disabledReason}
                {...(item.disabledReason ? { 'aria-disabled': true } : {})}
                onSelect={(event) => {
                  // It stays open, so that the reason can be read.
                  if (item.disabledReason) event.preventDefault();
                  else item.onSelect?.();
                }}
                className={classes}
              >
                {item.href && !item.disabledReason ? <Link href={item.href}>{face}</Link> : face}
              </Radix.Item>
            );
          })}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

export interface PopoverProps {
  trigger: ReactElement;
  children: ReactNode;
  align?: 'start' | 'center' | 'end';
  label: string;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  className?: string;
}

export function Popover({
  trigger,
  children,
  align = 'start',
  label,
  open,
  onOpenChange,
  className,
}: PopoverProps) {
  return (
    <RadixPopover.Root
      {...(open === undefined ? {} : { open })}
      {...(onOpenChange ? { onOpenChange } : {})}
    >
      <RadixPopover.Trigger asChild>{trigger}</RadixPopover.Trigger>
      <RadixPopover.Portal>
        <RadixPopover.Content
          aria-label={label}
          align={align}
          sideOffset={4}
          collisionPadding={8}
          className={cx(floating, 'max-w-[calc(100vw-16px)] p-3', className)}
        >
          {children}
        </RadixPopover.Content>
      </RadixPopover.Portal>
    </RadixPopover.Root>
  );
}
