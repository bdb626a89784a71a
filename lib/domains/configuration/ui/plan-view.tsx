'use client';

import { Minus, PencilLine, Plus } from 'lucide-react';
import type { ReactNode } from 'react';
import { Badge, FormError, Notice } from '@/components/ui';
import type { FileChange, Plan } from '../schema';

const kinds = {
  added: { icon: Plus, label: 'Added' },
  changed: { icon: PencilLine, label: 'Changed' },
  removed: { icon: Minus, label: 'Removed' },
};

/** A plan as it is read before it is applied. */
export function PlanView({
  plan,
  error,
  action,
}: {
  plan: Plan;
  error: unknown;
  action: ReactNode;
}) {
  const { changes, effects, needsSecondAdmin } = plan;
  return (
    <div className="mt-4 grid gap-4 border-t border-line pt-4">
      <h3 className="font-semibold">What it changes</h3>
      <ul aria-label="Changes" className="grid gap-2">
        {changes.map((change) => (
          <Item key={change.file} change={change} />
        ))}
      </ul>
      {effects.length > 0 ? (
        <>
          <h3 className="font-semibold">What agents may do then</h3>
          <ul aria-label="Effects" className="grid gap-1.5">
            {effects.map(({ words, widens }, index) => (
              <li key={`${words} ${index}`} className="flex items-start gap-2">
                <span className="min-w-0 [overflow-wrap:anywhere]">{words}</span>
                {widens ? <Badge tone="hold">widens</Badge> : null}
              </li>
            ))}
          </ul>
        </>
      ) : null}
      {needsSecondAdmin ? (
        <Notice tone="hold">
          It lets agents do more, and this workspace wants a second admin for that. Draft that part
          under Policies; another admin publishes it.
        </Notice>
      ) : null}
      <FormError error={error} />
      <div>{action}</div>
    </div>
  );
}

function Item({ change }: { change: FileChange }) {
  const { icon: Icon, label } = kinds[change.kind];
  return (
    <li className="flex items-start gap-2.5">
      <Icon aria-label={label} className="mt-1 size-3.5 shrink-0 text-text-3" strokeWidth={1.75} />
      <div className="min-w-0 [overflow-wrap:anywhere]">
        <span>{change.words}</span>
        {change.final ? (
          <Badge tone="deny" className="ml-2">
            cannot be undone
          </Badge>
        ) : null}
        {change.details.map((detail, index) => (
          <span key={`${detail} ${index}`} className="note block">
            {detail}
          </span>
        ))}
      </div>
    </li>
  );
}
