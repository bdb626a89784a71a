'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import { Ban, ShieldOff } from 'lucide-react';
import Link from 'next/link';
import { Tier } from '@/components/data';
import { useUrlState } from '@/components/hooks';
import { EmptyState, LoadMore, Panel, QueryView, Select, SkeletonRows } from '@/components/ui';
import { whoMayQuery } from '../queries';
import type { WhoMay } from '../schema';
import { ConditionNote, LimitList, TierRule } from './rules';

/** Agents that a role grants an action type: how far, and what stands against each. */
export function WhoMayPanel({ actionType }: { actionType: string }) {
  const [url, setUrl] = useUrlState({ may: '' });
  const query = useInfiniteQuery(whoMayQuery(actionType, url.may));
  return (
    <Panel
      title="Who may"
      note="Everybody else is denied"
      padded={false}
      actions={
        <Select
          aria-label="Who may"
          value={url.may}
          onValueChange={(may) => setUrl({ may })}
          options={[
            { value: '', label: 'Everyone granted it' },
            { value: 'true', label: 'Who may now' },
            { value: 'false', label: 'Who is barred' },
          ]}
        />
      }
    >
      <QueryView query={query} skeleton={<SkeletonRows rows={4} />}>
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items);
          return items.length === 0 ? (
            <EmptyState compact icon={ShieldOff} title="Nobody">
              No agent is in a role that grants it. What is not granted is denied.
            </EmptyState>
          ) : (
            <ul aria-label="Who may">
              {items.map((item) => (
                <Row key={item.agent.id} item={item} />
              ))}
            </ul>
          );
        }}
      </QueryView>
      <LoadMore query={query} />
    </Panel>
  );
}

function Row({ item: { agent, grants, blocked, floor } }: { item: WhoMay }) {
  return (
    <li className="grid gap-x-6 gap-y-2 border-b border-line px-3.5 py-2.5 last:border-b-0 wide:grid-cols-[minmax(0,2fr)_minmax(0,5fr)]">
      <div className="grid content-start gap-1">
        <Link
          href={`/agents/${agent.id}?tab=permissions`}
          className="inline-flex min-h-6 items-center font-medium [overflow-wrap:anywhere] hover:underline"
        >
          {agent.name}
        </Link>
        {blocked ? (
          <div className="flex items-start gap-1.5 text-sm text-deny">
            <Ban aria-hidden className="mt-0.5 size-3.5 shrink-0" strokeWidth={1.75} />
            <span>Blocked: {blocked}</span>
          </div>
        ) : null}
      </div>
      <ul className="grid gap-2.5">
        {grants.map((grant) => (
          <li key={grant.permission} className="grid gap-1">
            <TierRule tier={grant.tier} ladder={grant.ladder} />
            <ConditionNote condition={grant.condition} />
            <div className="flex flex-wrap gap-x-3 text-sm text-text-2">
              <span>
                from{' '}
                <Link href={`/roles/${grant.role.id}`} className="text-accent hover:underline">
                  {grant.role.name}
                </Link>
              </span>
              <LimitList limits={grant.limits} />
            </div>
          </li>
        ))}
        {floor.tier > 1 ? (
          <li className="flex flex-wrap items-center gap-x-2 text-sm text-text-2">
            never below <Tier value={floor.tier} />
          </li>
        ) : null}
      </ul>
    </li>
  );
}
