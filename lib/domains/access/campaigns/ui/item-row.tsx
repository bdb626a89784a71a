'use client';

import { Check, CircleAlert, X } from 'lucide-react';
import { useEffect, useRef, type ReactNode } from 'react';
import { formatNumber } from '@/components/format';
import { Classification, EffectBadges, StatusPill } from '@/components/data';
import { Button, Checkbox, cx, TimeAgo } from '@/components/ui';
import { LimitList, TierRule } from '../../ui/rules';
import type { Item } from '../schema';
import { furtherWords } from '../words';
import { decisionLooks, effectWords, subjectOf } from './look';

export interface ItemRowProps {
  item: Item;
  current: boolean;
  selected: boolean;
  onSelect: (selected: boolean) => void;
  onConfirm: () => void;
  onRemove: () => void;
  onSettle: (settle: 'remove' | 'keep') => void;
}

/** What is granted, whether it is used, and the decision about it. */
export function ItemRow(props: ItemRowProps) {
  const { item, current, selected, onSelect } = props;
  const row = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (current) row.current?.scrollIntoView({ block: 'nearest' });
  }, [current]);
  return (
    <li
      ref={row}
      {...(current ? { 'aria-current': true as const } : {})}
      className={cx(
        'grid scroll-my-24 grid-cols-[auto_minmax(0,1fr)] gap-x-3 gap-y-2 border-t border-line px-3.5 py-2.5',
        'wide:grid-cols-[auto_minmax(0,6fr)_minmax(0,2fr)_minmax(0,4fr)]',
        item.permission === null ? 'bg-raised/40' : 'wide:pl-8',
        current && 'shadow-[inset_2px_0_0_var(--accent)]',
      )}
    >
      <span className="flex h-6 items-center">
        <Checkbox
          checked={selected}
          onCheckedChange={onSelect}
          disabled={!item.can.decide.allowed}
          aria-label={`Select ${subjectOf(item)} of ${item.agent.name}`}
        />
      </span>
      <What item={item} />
      <div className="text-sm text-text-2 max-wide:col-start-2">
        <Used item={item} />
      </div>
      <div className="grid content-start gap-1 max-wide:col-start-2">
        <Outcome {...props} />
      </div>
    </li>
  );
}

function What({ item }: { item: Item }) {
  const { actionType, grants, description, words } = item.granted;
  return (
    <div className="grid content-start gap-1.5">
      <div className="flex min-h-6 flex-wrap items-baseline gap-x-2.5">
        <span className="font-medium">{actionType ? actionType.key : 'The role itself'}</span>
        <span className="note">{actionType ? actionType.title : description}</span>
      </div>
      {actionType ? (
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <EffectBadges value={actionType.effects} />
          <Classification value={actionType.classification} />
        </div>
      ) : (
        <div className="text-sm text-text-2">{words.join(', ')}</div>
      )}
      {grants ? (
        <>
          <TierRule tier={grants.tier} ladder={grants.ladder} />
          <div className="text-sm text-text-2">
            <LimitList limits={grants.limits} />
            {furtherWords(grants).map((each) => (
              <div key={each}>{each}</div>
            ))}
          </div>
        </>
      ) : null}
      {item.since && item.effect === null ? (
        <div className="flex items-start gap-1.5 text-sm text-hold">
          <CircleAlert aria-hidden className="mt-0.5 size-3.5 shrink-0" strokeWidth={1.75} />
          {item.since.gone
            ? 'The agent does not have it any more.'
            : `Changed since: now ${item.since.words.join(', ')}.`}
        </div>
      ) : null}
    </div>
  );
}

function Used({ item: { used } }: { item: Item }) {
  return (
    <>
      <div>
        <span className="text-text-3">last used </span>
        <TimeAgo at={used.last} />
      </div>
      <div className={cx('num', used.recent === 0 && 'text-hold')}>
        {formatNumber(used.recent)} in 30 days
      </div>
    </>
  );
}

function Outcome({ item, onConfirm, onRemove, onSettle }: ItemRowProps) {
  const { decision, can } = item;
  if (decision === null || decision === 'escalated') {
    return (
      <>
        {decision === 'escalated' ? (
          <Line>
            <StatusPill value="escalated" map={decisionLooks} />
            <span>{item.escalation}</span>
          </Line>
        ) : (
          <span className="note">{item.reviewer?.name ?? 'An admin'} decides</span>
        )}
        <div className="flex flex-wrap gap-2">
          <Button size="sm" icon={Check} can={can.decide} onClick={onConfirm}>
            Confirm
          </Button>
          <Button size="sm" icon={X} variant="danger" can={can.decide} onClick={onRemove}>
            Remove…
          </Button>
        </div>
      </>
    );
  }
  const effect = effectWords(item);
  return (
    <>
      <Line>
        <StatusPill value={decision} map={decisionLooks} />
        <span>
          {item.decidedBy ? `by ${item.decidedBy.name} ` : ''}
          <TimeAgo at={item.decidedAt} />
        </span>
      </Line>
      {item.reason ? <div className="text-sm text-text-2">“{item.reason}”</div> : null}
      {effect ? (
        <div className={cx('text-sm', item.effect === 'requested' ? 'text-hold' : 'text-text-2')}>
          {effect}
        </div>
      ) : null}
      {item.settledReason ? (
        <div className="text-sm text-text-2">
          {item.settledBy?.name}: “{item.settledReason}”
        </div>
      ) : null}
      {item.effect === 'requested' ? (
        <div className="flex flex-wrap gap-2">
          <Button size="sm" variant="danger" can={can.settle} onClick={() => onSettle('remove')}>
            Remove for all…
          </Button>
          <Button size="sm" can={can.settle} onClick={() => onSettle('keep')}>
            Keep…
          </Button>
        </div>
      ) : null}
    </>
  );
}

function Line({ children }: { children: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center gap-x-2 gap-y-1 text-sm text-text-2">
      {children}
    </div>
  );
}
