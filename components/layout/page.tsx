import { ChevronLeft } from 'lucide-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { cx } from '../ui/cx';
import { DocumentTitle } from './document-title';

export interface PageHeaderProps {
  title: ReactNode;
  subtitle?: ReactNode;
  actions?: ReactNode;
  back?: { href: string; label: string };
  meta?: ReactNode;
  /** What the tab is named; the title itself on a page of one object, which has a way back. */
  tab?: string | undefined;
}

export function PageHeader({ title, subtitle, actions, back, meta, tab }: PageHeaderProps) {
  const named = tab ?? (back && typeof title === 'string' ? title : undefined);
  return (
    <header className="grid gap-1.5">
      {named ? <DocumentTitle>{named}</DocumentTitle> : null}
      {back ? (
        <Link
          href={back.href}
          className="-ml-1 inline-flex min-h-6 items-center gap-0.5 justify-self-start rounded-sm text-sm text-text-3 hover:text-text max-wide:min-h-9"
        >
          <ChevronLeft aria-hidden className="size-3.5" strokeWidth={1.5} />
          {back.label}
        </Link>
      ) : null}
      <div className="flex min-h-8 flex-wrap items-center gap-x-3 gap-y-2">
        <h1 className="text-[17px] font-semibold tracking-[-0.015em] [overflow-wrap:anywhere] wide:text-xl">
          {title}
        </h1>
        {subtitle ? (
          <div className="min-w-0 text-text-3 [overflow-wrap:anywhere]">{subtitle}</div>
        ) : null}
        {actions ? (
          <div className="flex flex-wrap items-center gap-2 max-wide:basis-full wide:ml-auto">
            {actions}
          </div>
        ) : null}
      </div>
      {meta ? (
        <div className="flex flex-wrap items-center gap-x-4 gap-y-1.5 text-text-2 max-wide:mt-1.5">
          {meta}
        </div>
      ) : null}
    </header>
  );
}

const widths = { full: '', wide: 'max-w-5xl', text: 'max-w-2xl' };

/** The rhythm of a page: one column of blocks. */
export function Page({
  children,
  width = 'full',
  className,
}: {
  children: ReactNode;
  width?: keyof typeof widths;
  className?: string;
}) {
  return (
    <div className={cx('grid grid-cols-[minmax(0,1fr)] gap-3.5', widths[width], className)}>
      {children}
    </div>
  );
}

/** A list beside its detail; on a phone, one of the two. */
export function Split({
  list,
  children,
  showDetail,
  sticky,
  className,
}: {
  list: ReactNode;
  children: ReactNode;
  showDetail?: boolean;
  /** The list stays in sight while the detail is read; it scrolls by itself. */
  sticky?: boolean;
  className?: string;
}) {
  return (
    <div
      className={cx(
        'grid items-start gap-3.5 wide:grid-cols-[minmax(260px,360px)_minmax(0,1fr)]',
        className,
      )}
    >
      <div
        className={cx(
          'min-w-0',
          showDetail && 'max-wide:hidden',
          sticky && 'wide:sticky wide:top-[72px]',
        )}
      >
        {list}
      </div>
      <div className={cx('min-w-0', !showDetail && 'max-wide:hidden')}>{children}</div>
    </div>
  );
}

/** Where a decision is taken: always in sight, and under the thumb on a phone. */
export function ActionBar({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <>
      <div
        data-action-bar
        className={cx(
          'sticky bottom-0 z-20 flex flex-wrap items-center gap-2 rounded-b-lg border-t border-line bg-panel px-4 py-3 wide:px-[22px]',
          'max-wide:fixed max-wide:inset-x-0 max-wide:bottom-[calc(56px+env(safe-area-inset-bottom))] max-wide:rounded-none max-wide:px-3.5 max-wide:py-2.5 max-wide:[&>a]:flex-1 max-wide:[&>button]:flex-1',
          className,
        )}
      >
        {children}
      </div>
      <div aria-hidden className="h-28 wide:hidden" />
    </>
  );
}
