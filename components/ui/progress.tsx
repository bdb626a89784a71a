import { Check, Circle, LoaderCircle, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from './button';
import { cx } from './cx';

export interface ProgressProps {
  value?: number;
  max?: number;
  label: string;
  detail?: ReactNode;
  onCancel?: () => void;
  indeterminate?: boolean;
  className?: string;
}

export function Progress({
  value = 0,
  max = 100,
  label,
  detail,
  onCancel,
  indeterminate,
  className,
}: ProgressProps) {
  const share = max > 0 ? Math.min(1, Math.max(0, value / max)) : 0;
  return (
    <div className={cx('grid gap-1.5', className)}>
      <div className="flex items-center gap-2">
        <span className="font-medium">{label}</span>
        <span className="num note ml-auto">
          {detail ?? (indeterminate ? '' : `${Math.floor(share * 100)}%`)}
        </span>
        {onCancel ? (
          <Button size="sm" variant="ghost" onClick={onCancel}>
            Cancel
          </Button>
        ) : null}
      </div>
      <div
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={max}
        {...(indeterminate ? {} : { 'aria-valuenow': value })}
        className="h-1.5 overflow-hidden rounded-full bg-line"
      >
        <div
          className={cx(
            'h-full rounded-full bg-accent transition-[width]',
            indeterminate && 'animate-pulse',
          )}
          style={{ width: indeterminate ? '100%' : `${share * 100}%` }}
        />
      </div>
    </div>
  );
}

export interface StepsProps {
  steps: {
    label: ReactNode;
    state: 'done' | 'running' | 'waiting' | 'failed';
    detail?: ReactNode;
  }[];
  className?: string;
}

const signs = {
  done: { icon: Check, tone: 'text-allow', word: 'Done' },
  running: { icon: LoaderCircle, tone: 'text-accent animate-spin', word: 'Running' },
  waiting: { icon: Circle, tone: 'text-text-3', word: 'Waiting' },
  failed: { icon: X, tone: 'text-deny', word: 'Failed' },
};

export function Steps({ steps, className }: StepsProps) {
  return (
    <ol className={cx('grid gap-1.5', className)}>
      {steps.map(({ label, state, detail }, index) => {
        const { icon: Icon, tone, word } = signs[state];
        return (
          <li key={index} className="flex items-start gap-2">
            <Icon aria-hidden className={cx('mt-[3px] size-3.5 shrink-0', tone)} strokeWidth={2} />
            <span className={cx('min-w-0 flex-1', state === 'waiting' && 'text-text-3')}>
              <span className="sr-only">{word}: </span>
              {label}
              {detail ? <span className="note block">{detail}</span> : null}
            </span>
          </li>
        );
      })}
    </ol>
  );
}
