'use client';

import { ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';
import { cx } from './cx';
import { CopyButton } from './copy';

export interface JsonViewProps {
  value: unknown;
  /** Levels that start unfolded. */
  open?: number;
  label?: string;
  maxHeight?: number;
  className?: string;
}

/** JSON that folds; native disclosure, so that find-in-page opens what it finds. */
export function JsonView({
  value,
  open = 2,
  label = 'JSON',
  maxHeight = 420,
  className,
}: JsonViewProps) {
  return (
    <div className={cx('relative rounded-md border border-line bg-raised', className)}>
      <div className="absolute top-1.5 right-1.5 z-[1]">
        <CopyButton value={JSON.stringify(value, null, 2) ?? ''} />
      </div>
      <div
        role="region"
        aria-label={label}
        tabIndex={0}
        className="mono overflow-auto py-2 pr-24 pl-3 leading-[1.7]"
        style={{ maxHeight }}
      >
        <Node value={value} open={open} />
      </div>
    </div>
  );
}

const isBranch = (value: unknown): value is object => typeof value === 'object' && value !== null;

function Leaf({ value }: { value: unknown }) {
  if (typeof value === 'string')
    return (
      <span className="break-words whitespace-pre-wrap text-allow">{JSON.stringify(value)}</span>
    );
  if (typeof value === 'number' || typeof value === 'bigint')
    return <span className="text-accent">{String(value)}</span>;
  if (typeof value === 'boolean') return <span className="text-hold">{String(value)}</span>;
  return <span className="text-text-3">{String(value)}</span>;
}

function Node({ name, value, open }: { name?: string; value: unknown; open: number }) {
  const key: ReactNode = name === undefined ? null : <span className="text-text-2">{name}: </span>;
  if (!isBranch(value)) {
    return (
      <div className="pl-4">
        {key}
        <Leaf value={value} />
      </div>
    );
  }
  const list = Array.isArray(value);
  const entries: [string, unknown][] = list
    ? value.map((each, index) => [String(index), each])
    : Object.entries(value);
  if (entries.length === 0) {
    return (
      <div className="pl-4">
        {key}
        <span className="text-text-3">{list ? '[]' : '{}'}</span>
      </div>
    );
  }
  const size = list ? `[${entries.length}]` : `{${entries.length}}`;
  return (
    <details open={open > 0} className="group/json">
      <summary className="flex min-h-6 items-center rounded-sm hover:bg-line/60">
        <ChevronRight
          aria-hidden
          className="mr-1 size-3 shrink-0 text-text-3 transition-transform [[open]>summary>&]:rotate-90"
        />
        <span>
          {key}
          <span className="text-text-3">{size}</span>
        </span>
      </summary>
      <div className="ml-[5px] border-l border-line pl-2">
        {entries.map(([each, inner]) => (
          <Node key={each} name={each} value={inner} open={open - 1} />
        ))}
      </div>
    </details>
  );
}
