import { ArrowUpRight, Check, Clock, Hourglass, Minus, X } from 'lucide-react';
import { plural } from '@/components/format';
import type { StatusLook } from '@/components/data';
import type { Item, Progress } from '../schema';

/** One colour, icon and word for each decision about access. */
export const decisionLooks: Record<string, StatusLook> = {
  open: { tone: 'hold', icon: Clock, label: 'To decide' },
  confirm: { tone: 'allow', icon: Check, label: 'Confirmed' },
  remove: { tone: 'deny', icon: X, label: 'Removed' },
  escalated: { tone: 'hold', icon: ArrowUpRight, label: 'Escalated' },
  lapsed: { tone: 'deny', icon: Hourglass, label: 'Lapsed' },
};

export const stateLooks: Record<string, StatusLook> = {
  open: { tone: 'accent', icon: Clock },
  closed: { tone: 'neutral', icon: Minus },
};

/** What a removal came to, in a sentence. */
export function effectWords(item: Item): string | null {
  const { effect } = item;
  const words: Record<NonNullable<Item['effect']>, string> = {
    role_removed: `Taken out of ${item.role.name}.`,
    permission_removed: item.settledBy
      ? `Removed from ${item.role.name} for every agent in it.`
      : `Removed from ${item.role.name}: no other agent in it keeps it.`,
    removed_with_role: `Gone with ${item.role.name}.`,
    requested: `Not removed yet: other agents in ${item.role.name} keep it. An admin is asked.`,
    already_gone: 'It was gone already.',
    kept: 'Kept by an admin, since other agents need it.',
  };
  return effect && words[effect];
}

export const subjectOf = (item: Item): string => item.granted.actionType?.key ?? item.role.name;

export const decidedOf = ({ items, open, escalated }: Progress): number => items - open - escalated;

/** What a removal of these does, in numbers. */
export function removalEffects(items: readonly Item[]): string[] {
  const wholes = items.filter((item) => item.permission === null);
  const within = new Set(wholes.map((item) => item.id));
  const parts = items.filter((item) => item.roleItem !== null && !within.has(item.roleItem));
  const [first] = wholes;
  return [
    ...(wholes.length === 1 && first
      ? [`takes ${first.agent.name} out of ${first.role.name}, with its permissions, at once`]
      : []),
    ...(wholes.length > 1 ? [`takes agents out of ${plural(wholes.length, 'role')}, at once`] : []),
    ...(parts.length > 0
      ? [
          `removes ${plural(parts.length, 'permission')} from the role where no other agent keeps it`,
          'asks an admin where others do, and changes nothing for them until then',
        ]
      : []),
  ];
}
