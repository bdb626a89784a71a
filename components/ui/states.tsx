'use client';

import { CircleAlert, Lock, RotateCw, SearchX, type LucideIcon } from 'lucide-react';
import type { UseQueryResult } from '@tanstack/react-query';
import { usePathname } from 'next/navigation';
import type { ReactNode } from 'react';
import { isSignedOut, readProblem } from '../problem';
import { Button, LinkButton } from './button';
import { cx } from './cx';
import { SignInAgain } from './sign-in-again';

export interface EmptyStateProps {
  title: ReactNode;
  children?: ReactNode;
  action?: ReactNode;
  icon?: LucideIcon;
  compact?: boolean;
  className?: string;
}

/** Nothing here: says so, and names the next step. */
export function EmptyState({
  title,
  children,
  action,
  icon: Icon,
  compact,
  className,
}: EmptyStateProps) {
  return (
    <div
      className={cx(
        'grid justify-items-center gap-1.5 px-6 text-center',
        compact ? 'py-6' : 'py-14',
        className,
      )}
    >
      {Icon ? <Icon aria-hidden className="mb-1 size-5 text-text-3" strokeWidth={1.5} /> : null}
      <div className="font-medium">{title}</div>
      {children ? <div className="max-w-[52ch] text-text-2">{children}</div> : null}
      {action ? <div className="mt-2 flex flex-wrap justify-center gap-2">{action}</div> : null}
    </div>
  );
}

/** What the reader's role does not open: no fault of anyone's, and trying again changes nothing. */
export function NoAccess({ reason }: { reason: ReactNode }) {
  return (
    <EmptyState compact icon={Lock} title="Not open to your role">
      {reason}
    </EmptyState>
  );
}

export interface ErrorStateProps {
  error: unknown;
  onRetry?: () => void;
  title?: ReactNode;
  compact?: boolean;
  className?: string;
}

export function ErrorState({
  error,
  onRetry,
  title = 'This could not be loaded',
  compact,
  className,
}: ErrorStateProps) {
  const { sentence, code, status } = readProblem(error);
  if (status === 403) return <NoAccess reason={sentence} />;
  if (status === 404 && code === 'not_found')
    return <NotThere sentence={sentence} onRetry={onRetry} />;
  const signedOut = isSignedOut(error);
  return (
    <div
      role="alert"
      className={cx(
        'grid justify-items-center gap-1.5 px-6 text-center',
        compact ? 'py-6' : 'py-14',
        className,
      )}
    >
      <CircleAlert aria-hidden className="mb-1 size-5 text-deny" strokeWidth={1.5} />
      <div className="font-medium">{signedOut ? 'You are signed out' : title}</div>
      <div className="max-w-[60ch] text-text-2">
        {signedOut ? (
          <>
            <SignInAgain /> and try again here.
          </>
        ) : (
          sentence
        )}
      </div>
      {code && code !== 'unknown' && !signedOut ? (
        <div className="mono text-text-3">{code}</div>
      ) : null}
      {onRetry ? (
        <Button icon={RotateCw} onClick={onRetry} className="mt-2">
          Try again
        </Button>
      ) : null}
    </div>
  );
}

/** Asked for by an address that leads nowhere: the list of the room is the next step. */
function NotThere({ sentence, onRetry }: { sentence: string; onRetry: (() => void) | undefined }) {
  const path = usePathname();
  const room = path.split('/')[1] ?? '';
  return (
    <div role="alert">
      <EmptyState
        icon={SearchX}
        title="Not found"
        action={
          <>
            {path === `/${room}` ? null : (
              <LinkButton href={`/${room}`}>{`Back to ${room.replaceAll('-', ' ')}`}</LinkButton>
            )}
            {onRetry ? (
              <Button icon={RotateCw} onClick={onRetry}>
                Try again
              </Button>
            ) : null}
          </>
        }
      >
        {sentence}
      </EmptyState>
    </div>
  );
}

export function Skeleton({
  w,
  h = 14,
  className,
}: {
  w?: number | string;
  h?: number | string;
  className?: string;
}) {
  return (
    <span
      aria-hidden
      className={cx('block animate-pulse rounded-sm bg-line', className)}
      style={{ width: w ?? '100%', height: h }}
    />
  );
}

const widths = ['72%', '54%', '88%', '63%', '80%'];

export function SkeletonText({ lines = 3, className }: { lines?: number; className?: string }) {
  return (
    <div role="status" aria-label="Loading" className={cx('grid gap-2', className)}>
      {Array.from({ length: lines }, (_, index) => (
        <Skeleton key={index} w={widths[index % widths.length] ?? '70%'} />
      ))}
    </div>
  );
}

export function SkeletonRows({ rows = 6, className }: { rows?: number; className?: string }) {
  return (
    <div role="status" aria-label="Loading" className={className}>
      {Array.from({ length: rows }, (_, index) => (
        <div
          key={index}
          className="flex h-9 items-center gap-6 border-b border-line px-3 last:border-b-0"
        >
          <Skeleton w="22%" h={12} />
          <Skeleton w={index % 2 ? '34%' : '42%'} h={12} />
          <Skeleton w="12%" h={12} className="ml-auto" />
        </div>
      ))}
    </div>
  );
}

export interface QueryViewProps<T> {
  query: UseQueryResult<T>;
  children: (data: T) => ReactNode;
  skeleton?: ReactNode;
  title?: ReactNode;
}

/** A query's three faces. What was loaded stays on screen when a later refetch fails. */
export function QueryView<T>({ query, children, skeleton, title }: QueryViewProps<T>) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.isError)
    return (
      <ErrorState
        error={query.error}
        {...(title ? { title } : {})}
        onRetry={() => void query.refetch()}
      />
    );
  return <>{skeleton ?? <SkeletonText lines={5} className="py-4" />}</>;
}
