import type { LucideIcon } from 'lucide-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { cx, toneText, toneWeak, type Tone } from './cx';

export interface PanelProps {
  title?: ReactNode;
  note?: ReactNode;
  actions?: ReactNode;
  footer?: ReactNode;
  /** false for a table, or Sections, that reach the edge */
  padded?: boolean;
  id?: string;
  children?: ReactNode;
  className?: string;
}

export function Panel({
  title,
  note,
  actions,
  footer,
  padded = true,
  id,
  children,
  className,
}: PanelProps) {
  return (
    <section
      id={id}
      className={cx(
        'min-w-0 rounded-lg border border-line bg-panel',
        // Sections begin where the title above them does.
        title && '[&>[data-section]]:px-3.5',
        className,
      )}
    >
      {title || actions ? (
        <div className="flex flex-wrap items-center gap-x-2.5 gap-y-1.5 border-b border-line px-3.5 py-2">
          <h2 className="flex min-h-7 items-center gap-2 font-semibold">{title}</h2>
          {note ? <span className="note">{note}</span> : null}
          {actions ? (
            <div className="ml-auto flex flex-wrap items-center gap-2">{actions}</div>
          ) : null}
        </div>
      ) : null}
      {padded ? <div className="px-3.5 py-3">{children}</div> : children}
      {footer ? <div className="border-t border-line px-3.5 py-2.5">{footer}</div> : null}
    </section>
  );
}

/** A ruled part of an unpadded Panel. */
export function Section({
  title,
  note,
  children,
  className,
}: {
  title?: ReactNode;
  note?: ReactNode;
  children: ReactNode;
  className?: string;
}) {
  return (
    <div
      data-section
      className={cx('border-t border-line px-4 py-3.5 first:border-t-0 wide:px-[22px]', className)}
    >
      {title ? (
        <div className="mb-2 flex flex-wrap items-baseline gap-x-2.5">
          <h3 className="font-semibold">{title}</h3>
          {note ? <span className="note">{note}</span> : null}
        </div>
      ) : null}
      {children}
    </div>
  );
}

export interface KeyValueProps {
  items: ({ label: ReactNode; value: ReactNode; hint?: ReactNode } | false | null | undefined)[];
  columns?: 1 | 2;
  className?: string;
}

export function KeyValue({ items, columns = 1, className }: KeyValueProps) {
  return (
    <dl className={cx('grid gap-x-8 gap-y-[7px]', columns === 2 && 'wide:grid-cols-2', className)}>
      {items.map((item, index) =>
        item ? (
          <div
            key={index}
            className="grid min-w-0 grid-cols-[110px_minmax(0,1fr)] gap-x-3.5 wide:grid-cols-[150px_minmax(0,1fr)]"
          >
            <dt className="text-text-3">{item.label}</dt>
            <dd className="min-w-0 [overflow-wrap:anywhere]">
              {item.value ?? <span className="text-text-3">none</span>}
              {item.hint ? <span className="note block">{item.hint}</span> : null}
            </dd>
          </div>
        ) : null,
      )}
    </dl>
  );
}

export interface StatProps {
  label: ReactNode;
  value: ReactNode;
  detail?: ReactNode;
  tone?: Tone;
  href?: string;
}

export function Stat({ label, value, detail, tone = 'neutral', href }: StatProps) {
  const body = (
    <>
      <div className="text-sm text-text-3">{label}</div>
      <div
        className={cx(
          'num mt-0.5 truncate text-2xl font-semibold tracking-[-0.02em]',
          toneText[tone],
        )}
      >
        {value}
      </div>
      {detail ? <div className="text-xs text-text-2">{detail}</div> : null}
    </>
  );
  const classes = 'block min-w-0 bg-panel px-3.5 py-3';
  return href ? (
    <Link href={href} className={cx(classes, 'hover:bg-raised focus-visible:-outline-offset-2')}>
      {body}
    </Link>
  ) : (
    <div className={classes}>{body}</div>
  );
}

/** A ruled row of numbers; two abreast on a phone. */
export function Stats({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <div
      className={cx(
        'grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-line bg-line [&>*:last-child:nth-child(odd)]:col-span-2',
        'wide:auto-cols-fr wide:grid-flow-col wide:grid-cols-none wide:[&>*:last-child:nth-child(odd)]:col-span-1',
        className,
      )}
    >
      {children}
    </div>
  );
}

export interface NoticeProps {
  tone?: Tone;
  title?: ReactNode;
  children?: ReactNode;
  action?: ReactNode;
  icon?: LucideIcon;
  className?: string;
}

export function Notice({
  tone = 'neutral',
  title,
  children,
  action,
  icon: Icon,
  className,
}: NoticeProps) {
  return (
    <div
      className={cx(
        'flex flex-wrap items-center gap-x-3 gap-y-2 rounded-md px-3.5 py-2.5',
        toneWeak[tone],
        className,
      )}
    >
      {/* Where the two have no room side by side, what can be done goes below. */}
      <div className="flex min-w-0 flex-[1_1_15rem] items-start gap-2.5">
        {Icon ? <Icon aria-hidden className="mt-0.5 size-4 shrink-0" strokeWidth={1.5} /> : null}
        <div className="min-w-0 [overflow-wrap:anywhere]">
          {title ? <div className="font-medium">{title}</div> : null}
          {children ? <div className={title ? 'text-text-2' : undefined}>{children}</div> : null}
        </div>
      </div>
      {action}
    </div>
  );
}
