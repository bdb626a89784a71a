'use client';

import { useQuery } from '@tanstack/react-query';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { formatMinutes } from '@/components/format';
import { Button, IconButton } from '@/components/ui';
import { workspaceQuery } from '@/lib/domains/workspaces';
import type { ApprovalRouteView } from '../../schema';
import { type Names, routeWords, signingWords } from './words';
import { WarningList } from './warning-list';

const row = 'grid gap-2 border-b border-line px-3.5 py-3 last:border-b-0';

interface RouteRowProps {
  route: ApprovalRouteView;
  names: { groups: Names; agents: Names };
  at: number;
  of: number;
  onMove: (to: number) => void;
  onEdit: () => void;
  onRemove: () => void;
}

/** One route in a sentence, its place, and what is wrong with it. */
export function RouteRow({ route, names, at, of, onMove, onEdit, onRemove }: RouteRowProps) {
  const { id, name, can, warnings } = route;
  const locked = can.update.allowed ? null : (can.update.reason ?? 'You may not do this.');
  return (
    <li aria-label={name} className={row}>
      <div className="flex flex-wrap items-start gap-x-3 gap-y-2">
        <div className="flex items-center gap-1">
          <span aria-hidden className="num w-5 text-right text-text-3">
            {at + 1}
          </span>
          <IconButton
            icon={ArrowUp}
            label={`Move ${name} up`}
            data-move={`up:${id}`}
            disabledReason={locked ?? (at === 0 ? 'It is the first.' : null)}
            onClick={() => onMove(at - 1)}
          />
          <IconButton
            icon={ArrowDown}
            label={`Move ${name} down`}
            data-move={`down:${id}`}
            disabledReason={locked ?? (at === of - 1 ? 'It is the last.' : null)}
            onClick={() => onMove(at + 1)}
          />
        </div>
        <div className="min-w-0 flex-1 basis-64">
          <h3 className="font-medium [overflow-wrap:anywhere]">{name}</h3>
          <p className="[overflow-wrap:anywhere] text-text-2">
            {routeWords(route, names.groups, names.agents)}
          </p>
        </div>
        <div className="flex gap-2 max-wide:ml-auto">
          <Button size="sm" can={can.update} aria-label={`Edit ${name}`} onClick={onEdit}>
            Edit
          </Button>
          <Button size="sm" can={can.remove} aria-label={`Remove ${name}`} onClick={onRemove}>
            Remove…
          </Button>
        </div>
      </div>
      <WarningList warnings={warnings} />
    </li>
  );
}

/** What happens to an action that no route fits. */
export function ElsewhereRow({ warnings, alone }: { warnings: string[]; alone: boolean }) {
  const settings = useQuery(workspaceQuery()).data?.settings;
  const rest = settings
    ? `; waits ${formatMinutes(settings.approvalTtlMinutes)}${
        settings.signing === 'session' ? '' : `; ${signingWords[settings.signing]}`
      }`
    : '';
  return (
    <div className={`${row} border-t bg-raised`}>
      <p>
        <span className="font-medium">{alone ? 'Every held action' : 'Where no route fits'}</span>
        <span className="text-text-2">: any one approver of the workspace{rest}</span>
      </p>
      <WarningList warnings={warnings} />
    </div>
  );
}
