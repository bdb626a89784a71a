'use client';

import { useUnsaved } from '../hooks/use-unsaved';
import { ConfirmDialog } from '../ui/confirm-dialog';

/** Asks before leaving a page loses what was typed: `what` names it, and is empty when all is saved. */
export function Unsaved({ what }: { what: readonly string[] }) {
  const { asking, stay, leave } = useUnsaved(what.length > 0);
  return (
    <ConfirmDialog
      open={asking}
      onOpenChange={(open) => !open && stay()}
      title={`Leave without saving ${what.join(' and ')}?`}
      description="What you changed is lost."
      confirmLabel="Leave"
      cancelLabel="Go on editing"
      onConfirm={leave}
    />
  );
}
