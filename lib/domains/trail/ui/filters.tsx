'use client';

import { SlidersHorizontal, X } from 'lucide-react';
import { useState } from 'react';
import { DateRange, FilterBar } from '@/components/data';
import { shortId } from '@/components/format';
import { useIsPhone } from '@/components/hooks';
import { Button } from '@/components/ui';
import type { UrlFilters } from '../queries';
import { classifications, outcomes } from '../schema';
import { kinds, outcomeWords } from './describe';
import { AgentFilter } from './agent-filter';
import { useNames } from './use-names';

export interface Part {
  filters: UrlFilters;
  set: (patch: Partial<UrlFilters>) => void;
}

const search = { placeholder: 'Search words, "a phrase", a begin*, -not' };
const narrowing = ['type', 'agent', 'outcome', 'tier', 'classification', 'from', 'to'] as const;

/** What the search is narrowed by; on a phone the filters unfold. */
export function Filters({ filters, set }: Part) {
  const phone = useIsPhone();
  const [open, setOpen] = useState(false);
  const { nameOf } = useNames();
  const known = kinds.some((kind) => kind.value === filters.type) || filters.type === '';
  const chosen = (['action_type', 'actor', 'session', 'action'] as const).filter(
    (name) => filters[name] !== '',
  );
  const choices = [
    {
      param: 'type',
      label: 'Type',
      options: known ? kinds : withCurrent(kinds, filters.type),
    },
    {
      param: 'outcome',
      label: 'Outcome',
      options: withCurrent(
        outcomes.map((value) => ({ value, label: outcomeWords[value] ?? value })),
        filters.outcome,
      ),
    },
    {
      param: 'tier',
      label: 'Tier',
      options: withCurrent(tiers, filters.tier),
    },
    {
      param: 'classification',
      label: 'Classification',
      options: withCurrent(
        classifications.map((value) => ({ value, label: value })),
        filters.classification,
      ),
    },
  ];
  const bar = (searching: boolean) => (
    <FilterBar {...(searching ? { search } : {})} filters={choices} also={['agent']}>
      <AgentFilter />
      <DateRange />
    </FilterBar>
  );
  const narrowed = narrowing.filter((name) => filters[name] !== '').length;
  return (
    <div className="grid gap-2">
      {phone ? (
        <>
          <FilterBar search={search} />
          <Button
            icon={SlidersHorizontal}
            aria-expanded={open}
            className="justify-self-start"
            onClick={() => setOpen(!open)}
          >
            {narrowed > 0 ? `Filters, ${narrowed} set` : 'Filters'}
          </Button>
          {open ? bar(false) : null}
        </>
      ) : (
        bar(true)
      )}
      {chosen.length > 0 ? (
        <ul aria-label="Further filters" className="flex flex-wrap gap-2">
          {chosen.map((name) => (
            <li key={name}>
              <Button
                size="sm"
                icon={X}
                aria-label={`Remove the filter ${name.replace('_', ' ')} ${filters[name]}`}
                onClick={() => set({ [name]: '' })}
              >
                <span className="text-text-3">{words[name]}</span>{' '}
                {filters[name]
                  .split(',')
                  .map((value) => nameOf(value) ?? shortId(value))
                  .join(' or ')}
              </Button>
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}

const words = {
  action_type: 'Action type',
  actor: 'Actor',
  session: 'Session',
  action: 'Action',
};

const tiers = [
  { value: '1', label: '1, autonomous' },
  { value: '2', label: '2, supervised' },
  { value: '3', label: '3, gated' },
];

type Choice = { value: string; label: string };

/** What is chosen is always there to be seen, also when it is several values or an unknown one. */
function withCurrent(options: Choice[], current: string): Choice[] {
  if (current === '' || options.some((option) => option.value === current)) return options;
  const label = current
    .split(',')
    .map((value) => options.find((option) => option.value === value)?.label ?? shortId(value))
    .join(' or ');
  return [...options, { value: current, label }];
}
