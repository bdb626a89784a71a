'use client';

import { CircleAlert, TriangleAlert } from 'lucide-react';
import { useEffect, useId, useRef, useState, type ReactNode } from 'react';
import { Button } from './button';
import { Dialog, type DialogProps } from './dialog';
import { Field, FormError } from './field';
import { Input, Textarea } from './input';
import { Notice } from './panel';
import { toast } from './toast';

export interface ConfirmDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  description?: ReactNode;
  /** What will happen, in numbers. */
  effects?: ReactNode[];
  confirmLabel: string;
  cancelLabel?: string;
  tone?: 'danger' | 'primary';
  /** Must be typed before it can go ahead. */
  typeName?: string;
  reason?: 'optional' | 'required';
  reasonLabel?: string;
  /** Why it cannot go ahead yet. */
  disabledReason?: string | null | undefined;
  /** Why it can no longer be done at all: said above what was typed, which stays. */
  gone?: string | null | undefined;
  onConfirm: (given: { reason: string }) => unknown;
  children?: ReactNode;
  focusNext?: DialogProps['focusNext'];
}

/** Asks before a deed. Closes when it succeeded; on failure it stays, with what was typed and the reason. */
export function ConfirmDialog({
  open,
  onOpenChange,
  title,
  description,
  effects,
  confirmLabel,
  cancelLabel = 'Cancel',
  tone = 'danger',
  typeName,
  reason: asks,
  reasonLabel = 'Reason',
  disabledReason,
  gone,
  onConfirm,
  children,
  focusNext,
}: ConfirmDialogProps) {
  const form = useId();
  const [typed, setTyped] = useState('');
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const shown = useRef(open);
  useEffect(() => {
    shown.current = open;
    if (open) return;
    setTyped('');
    setReason('');
    setError(null);
  }, [open]);

  // That it is over because it succeeded here is no news.
  const over = busy ? null : gone;
  const blocked =
    over ??
    disabledReason ??
    (typeName !== undefined && typed.trim() !== typeName
      ? `Type “${typeName}” first.`
      : asks === 'required' && reason.trim() === ''
        ? 'Give a reason first.'
        : null);

  const bare = !over && !effects?.length && !children && !asks && typeName === undefined && !error;

  const confirm = async () => {
    if (blocked || busy) return;
    setBusy(true);
    setError(null);
    try {
      await onConfirm({ reason: reason.trim() });
      onOpenChange(false);
    } catch (thrown) {
      // Closed meanwhile, it would say so to nobody, or to whoever opens it next.
      if (shown.current) setError(thrown);
      else toast.error(thrown);
    } finally {
      setBusy(false);
    }
  };

  return (
    <Dialog
      open={open}
      onOpenChange={(next) => !busy && onOpenChange(next)}
      title={title}
      description={description}
      size="sm"
      focusNext={focusNext}
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>{cancelLabel}</Button>
          <Button
            type="submit"
            form={form}
            variant={tone === 'danger' ? 'danger-solid' : 'primary'}
            loading={busy}
            disabledReason={blocked}
          >
            {confirmLabel}
          </Button>
        </>
      }
    >
      <form
        id={form}
        {...(bare ? { 'data-bare': '' } : {})}
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          event.stopPropagation();
          void confirm();
        }}
      >
        {over ? (
          <div role="alert">
            <Notice tone="hold" icon={CircleAlert} title={over} />
          </div>
        ) : null}
        {effects && effects.length > 0 ? (
          <div className="rounded-md border border-line bg-raised px-3 py-2.5">
            <div className="flex items-center gap-2 font-medium">
              <TriangleAlert
                aria-hidden
                className={tone === 'danger' ? 'size-4 text-deny' : 'size-4 text-hold'}
                strokeWidth={1.5}
              />
              This
            </div>
            <ul className="mt-1 grid list-disc gap-0.5 pl-[38px] text-text-2">
              {effects.map((effect, index) => (
                <li key={index}>{effect}</li>
              ))}
            </ul>
          </div>
        ) : null}
        {children}
        {asks ? (
          <Field label={reasonLabel} required={asks === 'required'} optional={asks === 'optional'}>
            <Textarea value={reason} rows={2} onChange={(event) => setReason(event.target.value)} />
          </Field>
        ) : null}
        {typeName === undefined ? null : (
          <Field
            label={
              <>
                Type <span className="font-mono text-xs">{typeName}</span> to confirm
              </>
            }
          >
            <Input
              value={typed}
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => setTyped(event.target.value)}
            />
          </Field>
        )}
        <FormError error={error} />
      </form>
    </Dialog>
  );
}
