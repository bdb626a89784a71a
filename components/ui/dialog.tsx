'use client';

import { X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import { useEffect, useRef, useState, type CSSProperties, type ReactNode } from 'react';
import { Button } from './button';
import { cx } from './cx';
import { useFocusBack } from './use-focus-back';

export interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  description?: ReactNode;
  children?: ReactNode;
  footer?: ReactNode;
  size?: 'sm' | 'md' | 'lg';
  className?: string;
  /** What has the focus once it has closed; null for what had it before. */
  focusNext?: (() => HTMLElement | null) | undefined;
}

const widths = { sm: 'wide:max-w-md', md: 'wide:max-w-xl', lg: 'wide:max-w-4xl' };
const overlay = 'fixed inset-0 z-40 bg-scrim animate-in';

function Head({ title, description }: { title: ReactNode; description?: ReactNode }) {
  return (
    <div className="flex items-start gap-3 border-b border-line px-5 py-3.5">
      <div className="min-w-0 flex-1 [overflow-wrap:anywhere]">
        <Radix.Title className="text-lg font-semibold tracking-[-0.01em]">{title}</Radix.Title>
        {description ? (
          <Radix.Description className="mt-0.5 text-text-2">{description}</Radix.Description>
        ) : null}
      </div>
      <Radix.Close
        aria-label="Close"
        className="-mr-1.5 flex size-7 shrink-0 max-wide:-my-2.5 max-wide:-mr-3 items-center justify-center rounded-md text-text-3 hover:bg-raised hover:text-text max-wide:size-11"
      >
        <X aria-hidden className="size-4" strokeWidth={1.5} />
      </Radix.Close>
    </div>
  );
}

const undescribed = (description: ReactNode) =>
  description ? {} : { 'aria-describedby': undefined };
/** Who is asked for something starts in the first field; elsewhere Radix chooses. */
function startInField(event: Event) {
  const { currentTarget } = event;
  if (!(currentTarget instanceof HTMLElement)) return;
  const field = currentTarget.querySelector<HTMLElement>(
    'textarea:enabled, select:enabled, input:enabled:not([type=hidden], [readonly])',
  );
  if (!field) return;
  event.preventDefault();
  // What stands above it is read first.
  field.focus({ preventScroll: true });
}

/** Nothing typed is lost by a click beside it, nor by Esc without being asked; and the focus goes back. */
function useKept(open: boolean, focusNext?: DialogProps['focusNext']) {
  const { remember, giveBack } = useFocusBack(focusNext);
  const typed = useRef(false);
  const [asking, setAsking] = useState(false);
  useEffect(() => {
    if (open) return;
    typed.current = false;
    setAsking(false);
  }, [open]);
  const handlers = {
    onInput: () => {
      typed.current = true;
      setAsking(false);
    },
    onOpenAutoFocus: (event: Event) => {
      remember();
      startInField(event);
    },
    onCloseAutoFocus: giveBack,
    onInteractOutside: (event: Event) => {
      if (typed.current) event.preventDefault();
    },
    onEscapeKeyDown: (event: Event) => {
      if (!typed.current || asking) return;
      event.preventDefault();
      setAsking(true);
    },
  };
  return { handlers, asking, keep: () => setAsking(false) };
}

function Asking({ onKeep }: { onKeep: () => void }) {
  return (
    <div
      role="alert"
      className="flex flex-wrap items-center gap-x-3 gap-y-1 bg-hold-weak px-5 py-2 text-hold"
    >
      <span className="min-w-0 flex-1">What you typed would be lost. Esc again closes this.</span>
      <Button size="sm" onClick={onKeep}>
        Keep it open
      </Button>
    </div>
  );
}

const foot =
  '-mt-px flex flex-wrap items-center justify-end gap-2 border-t border-line px-5 py-3 max-wide:[&>button]:flex-1 pb-[max(12px,env(safe-area-inset-bottom))]';

/** A modal. On a phone it rises from the foot, where the thumb is. */
export function Dialog({
  open,
  onOpenChange,
  title,
  description,
  children,
  footer,
  size = 'md',
  className,
  focusNext,
}: DialogProps) {
  const { handlers, asking, keep } = useKept(open, focusNext);
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className={overlay} />
        <div className="pointer-events-none fixed inset-0 z-50 flex items-end justify-center wide:items-start wide:p-6 wide:pt-[12vh]">
          <Radix.Content
            {...undescribed(description)}
            {...handlers}
            className={cx(
              'pointer-events-auto flex max-h-[90dvh] w-full flex-col rounded-t-lg border border-line bg-panel shadow-float outline-none animate-in wide:max-h-[76vh] wide:rounded-lg',
              widths[size],
              className,
            )}
          >
            <Head title={title} description={description} />
            {children ? (
              // A form with nothing to fill in takes no room.
              <div className="min-h-0 overflow-y-auto px-5 py-4 has-[>form[data-bare]]:hidden">
                {children}
              </div>
            ) : null}
            {asking ? <Asking onKeep={keep} /> : null}
            {footer ? <div className={foot}>{footer}</div> : null}
          </Radix.Content>
        </div>
      </Radix.Portal>
    </Radix.Root>
  );
}

export interface DrawerProps extends Omit<DialogProps, 'size' | 'focusNext'> {
  side?: 'right' | 'left';
  width?: number;
}

export function Drawer({
  open,
  onOpenChange,
  title,
  description,
  children,
  footer,
  side = 'right',
  width = 480,
  className,
}: DrawerProps) {
  const { handlers, asking, keep } = useKept(open);
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className={overlay} />
        <Radix.Content
          {...undescribed(description)}
          {...handlers}
          style={{ '--w': `${width}px` } as CSSProperties}
          className={cx(
            'fixed inset-y-0 z-50 flex w-[min(var(--w),calc(100vw-32px))] flex-col bg-panel shadow-float outline-none',
            side === 'right'
              ? 'right-0 border-l border-line animate-slide'
              : 'left-0 border-r border-line animate-in',
            className,
          )}
        >
          <Head title={title} description={description} />
          <div className="min-h-0 flex-1 overflow-y-auto px-5 py-4">{children}</div>
          {asking ? <Asking onKeep={keep} /> : null}
          {footer ? <div className={foot}>{footer}</div> : null}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
