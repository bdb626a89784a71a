'use client';

import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Ban, ShieldOff } from 'lucide-react';
import Link from 'next/link';
import { Classification, EffectBadges, Reversibility, Tier } from '@/components/data';
import { plural } from '@/components/format';
import {
  Disclosure,
  EmptyState,
  LinkButton,
  Panel,
  QueryView,
  SkeletonRows,
} from '@/components/ui';
import { findingsQuery } from '../advisor/queries';
import { agentPermissionsQuery } from '../queries';
import type { EffectivePermission, PermitByHand } from '../schema';
import { ConditionNote, LimitList, TierRule } from './rules';

/** What an agent may do, at which tier, and because of which role. */
export function AgentPermissions({ agent }: { agent: string }) {
  const query = useQuery(agentPermissionsQuery(agent));
  return (
    <Panel
      title="Effective permissions"
      note="Everything it may do; all else is denied"
      padded={false}
      actions={<FindingsLink agent={agent} />}
    >
      <QueryView query={query} skeleton={<SkeletonRows rows={5} />}>
        {({ items, byHand }) =>
          items.length + byHand.length === 0 ? (
            <EmptyState compact icon={ShieldOff} title="It may do nothing">
              Put it into a role under “Roles”. What is not granted is denied.
            </EmptyState>
          ) : (
            <ul>
              {items.map((item) => (
                <Row key={item.permission} agent={agent} item={item} />
              ))}
              {byHand.map((permit) => (
                <PermitRow key={permit.policy} permit={permit} />
              ))}
            </ul>
          )
        }
      </QueryView>
    </Panel>
  );
}

/** What the advisor found of it and of its roles. */
function FindingsLink({ agent }: { agent: string }) {
  const query = useInfiniteQuery(findingsQuery({ kind: '', agent, dismissed: '' }));
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  if (items.length === 0) return null;
  return (
    <LinkButton size="sm" href={`/policies/advisor?agent=${agent}`}>
      {query.hasNextPage ? `${items.length}+ findings` : plural(items.length, 'finding')}
    </LinkButton>
  );
}

function Row({ agent, item }: { agent: string; item: EffectivePermission }) {
  const { actionType, floor } = item;
  return (
    <li className="grid gap-x-6 gap-y-2 border-b border-line px-3.5 py-3 last:border-b-0 wide:grid-cols-[minmax(0,5fr)_minmax(0,4fr)_minmax(0,3fr)]">
      <div className="grid content-start gap-1.5">
        <div className="flex flex-wrap items-baseline gap-x-2.5">
          <Link
            href={`/catalog/${actionType.id}`}
            className="inline-flex min-h-6 items-center font-medium hover:underline"
          >
            {actionType.key}
          </Link>
          <span className="note">{actionType.title}</span>
        </div>
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <EffectBadges value={actionType.effects} />
          <Classification value={actionType.classification} />
          <Reversibility value={actionType.reversibility} />
        </div>
        {item.blocked ? (
          <div className="flex items-start gap-1.5 text-deny">
            <Ban aria-hidden className="mt-0.5 size-3.5 shrink-0" strokeWidth={1.75} />
            <span>Blocked: {item.blocked}</span>
          </div>
        ) : null}
      </div>
      <div className="grid content-start gap-1.5">
        <TierRule tier={item.tier} ladder={item.ladder} />
        <ConditionNote condition={item.condition} />
        {floor.tier > 1 ? (
          <div className="flex flex-wrap items-center gap-x-2 text-sm text-text-2">
            never below <Tier value={floor.tier} />
            {floor.reason ? <span>{floor.reason}</span> : null}
          </div>
        ) : null}
      </div>
      <div className="grid content-start gap-1 text-sm">
        <div>
          <span className="text-text-3">from </span>
          <Link href={`/roles/${item.role.id}`} className="text-accent hover:underline">
            {item.role.name}
          </Link>
        </div>
        <div className="text-text-2">
          <LimitList limits={item.limits} />
        </div>
        <Link
          href={`/policies/explain?agent=${agent}&type=${encodeURIComponent(actionType.key)}`}
          className="inline-flex min-h-6 items-center justify-self-start text-accent hover:underline"
        >
          Explain
        </Link>
      </div>
    </li>
  );
}

function PermitRow({ permit }: { permit: PermitByHand }) {
  return (
    <li className="grid gap-x-6 gap-y-2 border-b border-line px-3.5 py-3 last:border-b-0 wide:grid-cols-[minmax(0,5fr)_minmax(0,4fr)_minmax(0,3fr)]">
      <div className="grid content-start gap-1.5">
        <span className="font-medium break-words">
          {permit.actions === null ? 'Every action type' : permit.actions.join(', ')}
        </span>
        <span className="text-text-2">where its Cedar holds</span>
        <Disclosure label="In Cedar">
          <pre className="mono mt-1 overflow-x-auto rounded-md border border-line bg-raised px-3 py-2 whitespace-pre-wrap">
            {permit.text}
          </pre>
        </Disclosure>
      </div>
      <div className="grid content-start gap-1.5">
        <TierRule tier={permit.tier} ladder={null} />
      </div>
      <div className="grid content-start gap-1 text-sm">
        <div>
          <span className="text-text-3">by hand, </span>
          <Link href="/policies/cedar" className="text-accent hover:underline">
            {permit.policy}
          </Link>
        </div>
        <div className="text-text-2">
          <LimitList limits={permit.limits} />
        </div>
      </div>
    </li>
  );
}
