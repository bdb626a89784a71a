'use client';

import { Minus, PencilLine, Plus, Undo2 } from 'lucide-react';
import { useState } from 'react';
import { Badge, cx, Diff, IconButton } from '@/components/ui';
import type { ChangeView } from '../../policies/schema';

const kinds = {
  added: { icon: Plus, label: 'Added' },
  removed: { icon: Minus, label: 'Removed' },
  changed: { icon: PencilLine, label: 'Changed' },
};

export interface ChangeListProps {
  changes: ChangeView[];
  /** Paths that others have changed meanwhile. */
  conflicts?: string[];
  onRevert?: (path: string) => void;
}

/** Changes in words; each opens to what stood before and stands after. */
export function ChangeList({ changes, conflicts = [], onRevert }: ChangeListProps) {
  return (
    <ul>
      {changes.map((change, index) => (
        <Item
          key={`${change.path} ${index}`}
          change={change}
          conflict={conflicts.includes(change.path)}
          {...(onRevert ? { onRevert: () => onRevert(change.path) } : {})}
        />
      ))}
    </ul>
  );
}

function Item({
  change,
  conflict,
  onRevert,
}: {
  change: ChangeView;
  conflict: boolean;
  onRevert?: () => void;
}) {
  const [open, setOpen] = useState(false);
  const { icon: Icon, label } = kinds[change.kind];
  return (
    <li className="border-b border-line px-3.5 py-2 last:border-b-0">
      <div className="flex items-start gap-2.5">
        <Icon
          aria-label={label}
          className="mt-1 size-3.5 shrink-0 text-text-3"
          strokeWidth={1.75}
        />
        <button
          type="button"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
          className="min-h-6 min-w-0 flex-1 text-left hover:underline"
        >
          {change.words}
        </button>
        {conflict ? <Badge tone="deny">changed meanwhile</Badge> : null}
        {change.widens ? <Badge tone="hold">widens</Badge> : null}
        {onRevert ? (
          <IconButton icon={Undo2} label={`Take back: ${change.words}`} onClick={onRevert} />
        ) : null}
      </div>
      {open ? (
        <div className={cx('mt-2 ml-6 min-w-0 overflow-x-auto')}>
          <Diff before={change.before} after={change.after} />
        </div>
      ) : null}
    </li>
  );
}
