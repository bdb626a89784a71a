'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import { Check, Inbox, X } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import { plural } from '@/components/format';
import { useShortcut, useUrlState } from '@/components/hooks';
import { ActionBar } from '@/components/layout';
import { FilterBar } from '@/components/data';
import {
  Button,
  Checkbox,
  EmptyState,
  ErrorState,
  Kbd,
  LoadMore,
  Panel,
  SkeletonRows,
} from '@/components/ui';
import { itemsQuery } from '../queries';
import { type CampaignDetail, decisions, type Item } from '../schema';
import { RemoveDialog, SettleDialog } from './decide-dialogs';
import { ItemRow } from './item-row';
import { decisionLooks } from './look';
import { useDecide } from './use-decide';

/** The items that the address asks for, by agent and role, and the decisions about them. */
export function CampaignItems({ campaign }: { campaign: CampaignDetail }) {
  const [url] = useUrlState({ decision: '', reviewer: '', agent: '', effect: '' });
  const filters = Object.fromEntries(Object.entries(url).filter(([, value]) => value !== ''));
  const query = useInfiniteQuery(itemsQuery(campaign.id, filters));
  const items = query.data?.pages.flatMap((page) => page.items);
  return (
    <div className="grid gap-3.5">
      <FilterBar
        filters={[
          {
            param: 'decision',
            label: 'Decision',
            options: decisions.map((value) => ({
              value,
              label: (decisionLooks[value]?.label ?? value).toLowerCase(),
            })),
          },
          {
            param: 'reviewer',
            label: 'Reviewer',
            options: campaign.reviewers.map(({ reviewer }) => ({
              value: reviewer.id,
              label: reviewer.name,
            })),
          },
          {
            param: 'effect',
            label: 'Removal',
            options: [
              { value: 'requested', label: 'not carried out yet' },
              { value: 'kept', label: 'kept by an admin' },
            ],
          },
        ]}
      />
      {!items ? (
        query.isError ? (
          <ErrorState error={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <SkeletonRows rows={8} />
        )
      ) : items.length === 0 ? (
        <Panel>
          <EmptyState icon={Inbox} title="No item like this">
            Clear a filter above to see the rest of the access review.
          </EmptyState>
        </Panel>
      ) : (
        <>
          <Deciding campaign={campaign.id} items={items} />
          <LoadMore query={query} />
        </>
      )}
    </div>
  );
}

/** Keys, selection and dialogs over the items at hand. */
function Deciding({ campaign, items }: { campaign: string; items: Item[] }) {
  const [at, setAt] = useState<string | null>(null);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [removing, setRemoving] = useState<Item[]>([]);
  const [settling, setSettling] = useState<{ item: Item; settle: 'remove' | 'keep' } | null>(null);
  const decide = useDecide(campaign);

  const free = items.filter((item) => item.can.decide.allowed);
  const selected = free.filter((item) => chosen.has(item.id));
  const index = items.findIndex((item) => item.id === at);
  const current = items[index];
  const step = (by: 1 | -1) => {
    const next = items[index < 0 ? 0 : index + by];
    if (next) setAt(next.id);
  };
  const choose = (some: readonly Item[], yes: boolean) =>
    setChosen((was) => {
      const next = new Set(was);
      for (const { id } of some)
        if (yes) next.add(id);
        else next.delete(id);
      return next;
    });
  /** The selected ones, or the one the cursor is on. */
  const subject = () => {
    if (selected.length > 0) return selected;
    return current?.can.decide.allowed ? [current] : [];
  };
  /** Before an item that is decided leaves a filtered list, the cursor moves to the next. */
  const moveOff = (some: readonly Item[]) => {
    const ids = new Set(some.map(({ id }) => id));
    if (!current || !ids.has(current.id)) return;
    const next = items.slice(index).find((item) => !ids.has(item.id) && item.can.decide.allowed);
    if (next) setAt(next.id);
  };
  const perform = async (some: readonly Item[], decision: 'confirm' | 'remove', reason: string) => {
    if (some.length === 0) return;
    await decide.mutateAsync({ items: some, decision, reason });
    moveOff(some);
    choose(some, false);
  };
  const confirm = (some: readonly Item[]) => {
    // What went wrong has been said.
    if (!decide.isPending) void perform(some, 'confirm', '').catch(() => undefined);
  };

  const group = 'Access review';
  useShortcut('j', () => step(1), 'Next item', { group });
  useShortcut('k', () => step(-1), 'Previous item', { group });
  useShortcut('x', () => current && choose([current], !chosen.has(current.id)), 'Select', {
    group,
  });
  useShortcut('c', () => confirm(subject()), 'Confirm', { group });
  useShortcut('r', () => setRemoving(subject()), 'Remove', { group });

  const marked = selected.length > 0;
  return (
    <>
      <div className="flex min-h-8 flex-wrap items-center gap-3">
        <Checkbox
          checked={marked ? (selected.length === free.length ? true : 'indeterminate') : false}
          onCheckedChange={(yes) => choose(free, yes)}
          disabled={free.length === 0}
          label={
            marked
              ? `${plural(selected.length, 'item')} selected`
              : 'Select all that you can decide'
          }
        />
        <span className="note ml-auto flex items-center gap-1.5 max-wide:hidden">
          <Kbd>j</Kbd> <Kbd>k</Kbd> move <Kbd>x</Kbd> select <Kbd>c</Kbd> confirm <Kbd>r</Kbd>{' '}
          remove
        </span>
      </div>
      {groupsOf(items).map(({ agent, roles }) => (
        <Panel
          key={agent.id}
          padded={false}
          title={
            <Link href={`/agents/${agent.id}`} className="hover:underline">
              {agent.name}
            </Link>
          }
          note={plural(roles.length, 'role')}
        >
          {roles.map(({ role, items: own }) => (
            <section key={role.id} aria-label={`${agent.name} in ${role.name}`}>
              <h3 className="border-t border-line px-3.5 py-2 text-sm font-medium first:border-t-0">
                <span className="text-text-3">in </span>
                <Link href={`/roles/${role.id}`} className="text-accent hover:underline">
                  {role.name}
                </Link>
              </h3>
              <ul>
                {own.map((item) => (
                  <ItemRow
                    key={item.id}
                    item={item}
                    current={item.id === at}
                    selected={chosen.has(item.id) && item.can.decide.allowed}
                    onSelect={(yes) => choose([item], yes)}
                    onConfirm={() => confirm([item])}
                    onRemove={() => setRemoving([item])}
                    onSettle={(settle) => setSettling({ item, settle })}
                  />
                ))}
              </ul>
            </section>
          ))}
        </Panel>
      ))}
      {marked ? (
        <ActionBar className="wide:rounded-lg wide:border wide:border-line">
          <span className="num font-medium max-wide:w-full">
            {plural(selected.length, 'item')} selected
          </span>
          <Button
            variant="primary"
            icon={Check}
            kbd="c"
            loading={decide.isPending}
            onClick={() => confirm(selected)}
          >
            Confirm
          </Button>
          <Button variant="danger" icon={X} kbd="r" onClick={() => setRemoving(selected)}>
            Remove…
          </Button>
          <Button variant="ghost" onClick={() => setChosen(new Set())}>
            Clear
          </Button>
        </ActionBar>
      ) : null}
      <RemoveDialog
        items={removing}
        onClose={() => setRemoving([])}
        onRemove={(reason) => perform(removing, 'remove', reason)}
      />
      {settling ? <SettleDialog {...settling} onClose={() => setSettling(null)} /> : null}
    </>
  );
}

interface Group {
  agent: Item['agent'];
  roles: { role: Item['role']; items: Item[] }[];
}

/** Items come by agent, then role; each group keeps that order. */
function groupsOf(items: readonly Item[]): Group[] {
  const groups: Group[] = [];
  for (const item of items) {
    let group = groups.at(-1);
    if (group?.agent.id !== item.agent.id) groups.push((group = { agent: item.agent, roles: [] }));
    let part = group.roles.at(-1);
    if (part?.role.id !== item.role.id) group.roles.push((part = { role: item.role, items: [] }));
    part.items.push(item);
  }
  return groups;
}
