'use client';

import { useState } from 'react';
import { grouped } from '@/components/data';
import { useUrlState } from '@/components/hooks';
import { toast } from '@/components/ui';
import type { Approval } from '../schema';
import { shapeOf } from './alike';
import { MAX_BATCH } from './schema';

/** Equal for held actions that may be decided together. */
export function alikeKey({ agent, display, needs, signing }: Approval): string {
  const wanted = needs.map(({ group, count }) => [group?.id ?? null, count]);
  return shapeOf({
    ...{ agent: agent.id, type: display.action_type.key, parameters: display.parameters },
    ...{ needs: wanted, signing },
  });
}

/** Whether it can be one of a batch: it waits, the reader may sign it, and needs no proof of its own. */
const may = (row: Approval) =>
  row.status === 'pending' && row.can.decide.allowed && row.signing === 'session';

export interface Picks {
  rows: Approval[];
  /** Whether the row stands among alike ones and can be picked with them. */
  offered: (row: Approval) => boolean;
  has: (row: Approval) => boolean;
  toggle: (row: Approval) => void;
  /** All that are alike, or none of them. */
  toggleAll: (rows: readonly Approval[]) => void;
  /** Picks the row on screen and the next one, which comes on screen. */
  extend: (by: 1 | -1) => void;
  selected: Approval | undefined;
  /** To be told which one is on screen. */
  onShown: (id: string) => void;
  clear: () => void;
}

/** What is picked of the queue to be decided together; what has left the queue is not. */
export function usePicks(listed: readonly Approval[]): Picks {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  const [, setUrl] = useUrlState({ selected: '' });
  const [shown, setShown] = useState<string>();
  const groups = grouped(listed, alikeKey);
  const order = groups.flat();
  const rows = order.filter((row) => ids.has(row.id) && may(row));
  const several = groups.map((group) => group.filter(may)).filter(({ length }) => length > 1);
  const among = new Set(several.flatMap((group) => group.map(({ id }) => id)));
  const offered = ({ id }: Approval) => among.has(id);

  const pick = (wanted: readonly Approval[], on: boolean) => {
    const [base] = rows.length > 0 ? rows : wanted;
    if (!base) return;
    const alike = wanted.filter((row) => alikeKey(row) === alikeKey(base));
    if (alike.length < wanted.length)
      toast('Only alike actions are decided together. Decide or clear what is picked first.');
    const next = new Set(rows.map(({ id }) => id));
    for (const { id } of alike) {
      if (!on) next.delete(id);
      else if (next.size < MAX_BATCH) next.add(id);
    }
    setIds(next);
  };
  const selected = order.find(({ id }) => id === shown);
  return {
    ...{ rows, offered, selected, onShown: setShown },
    has: (row) => rows.includes(row),
    toggle: (row) => {
      if (offered(row)) pick([row], !rows.includes(row));
    },
    toggleAll: (group) => {
      const all = group.filter(may);
      if (all.length > 1) pick(all, !all.every((row) => rows.includes(row)));
    },
    extend: (by) => {
      const next = selected && order[order.indexOf(selected) + by];
      if (!selected || !next) return;
      pick([selected, next].filter(offered), true);
      setUrl({ selected: next.id });
    },
    clear: () => setIds(new Set()),
  };
}
