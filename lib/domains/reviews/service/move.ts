import { createDraft, editDraft, Ladder, type Tier } from '@/lib/domains/access/server';
import type { Deed } from '@/lib/kernel/verb';
import { conflict } from '@/lib/kernel/problem';
import { moved } from '../moves';

export interface Move {
  /** Ids of the permissions that satisfied the action, as the decision recorded them. */
  permissions: readonly string[];
  move: 'raise' | 'lower';
  title: string;
  why: string;
}

/**
 * Begins a draft that moves each of these permissions up or down a tier, through the drafts'
 * own verbs: it decides nothing before somebody publishes it. Gives the draft's id.
 */
export async function draftMove(deed: Deed<unknown>, input: Move): Promise<string> {
  const rows = await deed.tx.permission.findMany({
    where: {
      id: { in: [...input.permissions] },
      role: { state: 'active' },
      actionType: { state: 'active' },
    },
    include: { role: true, actionType: true },
    orderBy: { id: 'asc' },
  });
  const edits = rows.flatMap(({ actionType, condition, limits, role, ...row }) => {
    const rungs = moved(
      { tier: row.tier as Tier | null, ladder: Ladder.nullable().parse(row.ladder) },
      input.move,
    );
    const permission = { action: actionType.key, condition, limits, ...rungs };
    return rungs ? [{ do: 'set_permission', role: role.name, ...permission }] : [];
  });
  if (edits.length === 0) {
    throw conflict(
      'nothing_to_move',
      input.move === 'raise'
        ? 'No permission lets this run without a person any more, or a policy by hand does. Look at the policies.'
        : 'No permission has it supervised any more. Look at the policies.',
    );
  }
  const { id } = await createDraft.within(deed, {
    title: input.title.slice(0, 200),
    why: input.why.slice(0, 2_000),
  });
  for (const edit of edits) await editDraft.within(deed, { id, edit });
  return id;
}
