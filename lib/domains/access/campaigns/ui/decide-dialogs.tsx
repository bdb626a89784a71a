'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { plural } from '@/components/format';
import { ConfirmDialog, toast } from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { accessKeys, roleQuery } from '../../queries';
import { campaignKeys, campaignPaths } from '../queries';
import type { Item } from '../schema';
import { removalEffects, subjectOf } from './look';

export interface RemoveDialogProps {
  /** What is to be removed; closed when empty. */
  items: readonly Item[];
  onClose: () => void;
  onRemove: (reason: string) => Promise<unknown>;
}

/** Asks why, and says what it takes away. */
export function RemoveDialog({ items, onClose, onRemove }: RemoveDialogProps) {
  const [first] = items;
  const one = items.length === 1 && first;
  return (
    <ConfirmDialog
      open={items.length > 0}
      onOpenChange={(open) => !open && onClose()}
      title={
        one
          ? `Remove ${subjectOf(one)} from ${one.agent.name}`
          : `Remove ${plural(items.length, 'item')}`
      }
      effects={removalEffects(items)}
      confirmLabel="Remove"
      reason="required"
      onConfirm={({ reason }) => onRemove(reason)}
    />
  );
}

export interface SettleDialogProps {
  item: Item;
  settle: 'remove' | 'keep';
  onClose: () => void;
}

/** An admin's answer to a removal that reaches other agents, with how many those are. */
export function SettleDialog({ item, settle, onClose }: SettleDialogProps) {
  const client = useQueryClient();
  const role = useQuery(roleQuery(item.role.id));
  const send = useMutation({
    mutationFn: (reason: string) =>
      api.post<Item>(campaignPaths.settle(item.campaign, item.id), { settle, reason }),
    onSuccess: () => {
      toast.good(settle === 'keep' ? 'Kept' : 'Removed from the role', subjectOf(item));
      return Promise.all([
        client.invalidateQueries({ queryKey: campaignKeys.all }),
        client.invalidateQueries({ queryKey: accessKeys.all }),
      ]);
    },
  });
  const agents = role.data ? plural(role.data.agents, 'agent') : 'every agent';
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`${settle === 'keep' ? 'Keep' : 'Remove'} ${subjectOf(item)} in ${item.role.name}`}
      description={`${item.decidedBy?.name ?? 'The due date'} asked for its removal from ${item.agent.name}.`}
      effects={
        settle === 'keep'
          ? [`leaves it with ${agents} in ${item.role.name}, ${item.agent.name} among them`]
          : [`takes it from ${agents} in ${item.role.name}, at their next request`]
      }
      tone={settle === 'keep' ? 'primary' : 'danger'}
      confirmLabel={settle === 'keep' ? 'Keep it' : 'Remove for all'}
      reason="required"
      onConfirm={({ reason }) => send.mutateAsync(reason)}
    />
  );
}
