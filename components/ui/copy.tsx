'use client';

import { Check, Copy, Download, TriangleAlert } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useCopy } from '../hooks/small';
import { shortId } from '../format';
import { Button } from './button';
import { cx } from './cx';
import { Dialog } from './dialog';
import { Notice } from './panel';

const Sign = ({ copied, className }: { copied: boolean; className?: string }) =>
  copied ? (
    <Check aria-hidden className={cx('size-3 text-allow', className)} strokeWidth={2} />
  ) : (
    <Copy aria-hidden className={cx('size-3', className)} strokeWidth={1.5} />
  );

const Said = ({ copied }: { copied: boolean }) => (
  <span role="status" className="sr-only">
    {copied ? 'Copied' : ''}
  </span>
);

export interface CopyIdProps {
  id: string;
  full?: boolean;
  /** What the id is of, for screen readers. */
  label?: string;
  className?: string;
}

/** An id, shortened, that a click copies in full. */
export function CopyId({ id, full, label, className }: CopyIdProps) {
  const { copied, copy } = useCopy();
  const shown = full ? id : shortId(id);
  return (
    <button
      type="button"
      title={id}
      aria-label={`Copy ${label ? `${label} ` : ''}${shown}`}
      onClick={(event) => {
        event.stopPropagation();
        void copy(id);
      }}
      className={cx(
        'mono group/copy relative z-[1] inline-flex min-h-6 max-w-full items-center gap-1 rounded-sm text-left hover:text-accent max-wide:min-h-9',
        className,
      )}
    >
      <span aria-hidden className={full ? 'break-all' : 'truncate'}>
        {shown}
      </span>
      <Sign
        copied={copied}
        className={cx(
          'shrink-0',
          !copied &&
            'text-text-3 wide:opacity-0 wide:group-hover/copy:opacity-100 wide:group-focus-visible/copy:opacity-100',
        )}
      />
      <Said copied={copied} />
    </button>
  );
}

export function CopyButton({
  value,
  label = 'Copy',
  className,
}: {
  value: string;
  label?: string;
  className?: string;
}) {
  const { copied, copy } = useCopy();
  return (
    <Button size="sm" className={className} onClick={() => void copy(value)}>
      <Sign copied={copied} />
      {copied ? 'Copied' : label}
      <Said copied={copied} />
    </Button>
  );
}

export interface CodeBlockProps {
  code: string;
  language?: string;
  label?: string;
  wrap?: boolean;
  className?: string;
}

export function CodeBlock({ code, language, label, wrap, className }: CodeBlockProps) {
  return (
    <div className={cx('relative min-w-0 rounded-md border border-line bg-raised', className)}>
      <div className="absolute top-1.5 right-1.5">
        <CopyButton value={code} />
      </div>
      <pre
        tabIndex={0}
        role="region"
        aria-label={label ?? language ?? 'Code'}
        className={cx(
          'mono overflow-x-auto py-2.5 pr-24 pl-3 leading-[1.6]',
          wrap && 'break-all whitespace-pre-wrap',
        )}
      >
        <code>{code}</code>
      </pre>
    </div>
  );
}

export interface SecretOnceProps {
  title: ReactNode;
  description?: ReactNode;
  secret: string;
  label: string;
  warning?: string;
  /** Adds a download under this name. */
  filename?: string;
  onDone: () => void;
  /** What goes with it, above it. */
  children?: ReactNode;
}

/**
 * A dialog that shows a secret the one time that it can be shown. A stray click or Esc must not
 * cost it: only "I have stored it" closes this, and who tries otherwise is told so.
 */
export function SecretOnce({
  title,
  description,
  secret,
  label,
  warning = 'This is shown once. Store it now; it cannot be read again, only replaced.',
  filename,
  onDone,
  children,
}: SecretOnceProps) {
  const [tried, setTried] = useState(false);
  const save = () => {
    const url = URL.createObjectURL(new Blob([secret], { type: 'text/plain' }));
    const link = document.createElement('a');
    link.href = url;
    link.download = filename ?? 'secret.txt';
    link.click();
    URL.revokeObjectURL(url);
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) setTried(true);
      }}
      title={title}
      description={description}
    >
      <div className="grid gap-3">
        {children}
        <Notice tone="hold" icon={TriangleAlert}>
          {warning}
        </Notice>
        <div className="grid gap-1">
          <div className="text-sm font-medium">{label}</div>
          <pre
            tabIndex={0}
            role="region"
            aria-label={label}
            className="mono max-h-52 overflow-auto rounded-md border border-line-strong bg-raised px-3 py-2.5 break-all whitespace-pre-wrap select-all"
          >
            {secret}
          </pre>
        </div>
        {tried ? (
          <p role="alert" className="text-sm text-hold">
            Store it first. “I have stored it” closes this.
          </p>
        ) : null}
        <div className="flex flex-wrap gap-2">
          <CopyButton value={secret} label={`Copy ${label.toLowerCase()}`} />
          {filename ? (
            <Button size="sm" icon={Download} onClick={save}>
              Download
            </Button>
          ) : null}
          <Button size="sm" variant="primary" className="ml-auto" onClick={onDone}>
            I have stored it
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
