'use client';

import { Pencil, Trash2 } from 'lucide-react';
import Link from 'next/link';
import { Classification, EffectBadges, Reversibility } from '@/components/data';
import { Button, IconButton } from '@/components/ui';
import type { Permission } from '../schema';
import { ConditionNote, LimitList, TierRule } from './rules';

export interface PermissionTableProps {
  permissions: Permission[];
  onEdit: (permission: Permission) => void;
  onRemove: (permission: Permission) => void;
}

/** Permissions as rows tall enough for a ladder. */
export function PermissionTable({ permissions, onEdit, onRemove }: PermissionTableProps) {
  return (
    <ul>
      {permissions
        .toSorted((a, b) => a.actionType.key.localeCompare(b.actionType.key))
        .map((permission) => (
          <li
            key={permission.id}
            className="grid gap-x-6 gap-y-2 border-b border-line px-3.5 py-3 last:border-b-0 wide:grid-cols-[minmax(0,5fr)_minmax(0,5fr)_auto]"
          >
            <div className="grid content-start gap-1.5">
              <div className="flex flex-wrap items-baseline gap-x-2.5">
                <Link
                  href={`/catalog/${permission.actionType.id}`}
                  className="inline-flex min-h-6 items-center font-medium hover:underline"
                >
                  {permission.actionType.key}
                </Link>
                <span className="note">{permission.actionType.title}</span>
              </div>
              <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
                <EffectBadges value={permission.actionType.effects} />
                <Classification value={permission.actionType.classification} />
                <Reversibility value={permission.actionType.reversibility} />
              </div>
            </div>
            <div className="grid content-start gap-1.5">
              <TierRule tier={permission.tier} ladder={permission.ladder} />
              <ConditionNote condition={permission.condition} />
              <div className="text-sm text-text-2">
                <LimitList limits={permission.limits} />
              </div>
            </div>
            <div className="flex items-center gap-1 self-start">
              <Button
                size="sm"
                icon={Pencil}
                can={permission.can.update}
                aria-label={`Edit ${permission.actionType.key}`}
                onClick={() => onEdit(permission)}
              >
                Edit
              </Button>
              <IconButton
                icon={Trash2}
                label={`Remove ${permission.actionType.key}`}
                disabledReason={permission.can.remove.allowed ? null : permission.can.remove.reason}
                onClick={() => onRemove(permission)}
              />
            </div>
          </li>
        ))}
    </ul>
  );
}
