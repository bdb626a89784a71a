'use client';

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { formatNumber, shortId } from '@/components/format';
import { useIsPhone } from '@/components/hooks';
import { Button, Panel, Skeleton } from '@/components/ui';
import { facetsQuery } from '../queries';
import { type FacetName, facetNames } from '../search/schema';
import { outcomeWords } from './describe';
import type { Part } from './filters';
import { jobName, useNames } from './use-names';

const headings: Record<FacetName, string> = {
  outcome: 'Outcome',
  type: 'Type',
  agent: 'Agent',
  actor: 'Actor',
  action_type: 'Action type',
  tier: 'Tier',
  classification: 'Classification',
};
const order: FacetName[] = [
  'outcome',
  'type',
  'agent',
  'action_type',
  'tier',
  'classification',
  'actor',
];
const SHOWN = 6;

/** What the matches have in common, to narrow by; on a phone it unfolds. */
export function Facets({ filters, set }: Part) {
  const phone = useIsPhone();
  const [open, setOpen] = useState(false);
  const query = useQuery({ ...facetsQuery(filters), enabled: !phone || open });
  // The list beside it says what is wrong; one of them is enough.
  if (query.isError && !query.data) return null;
  const chosen = facetNames.filter((name) => filters[name] !== '').length;
  const body = query.data ? (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      {query.data.exact ? null : (
        <p className="text-sm text-text-2">
          Of the newest {formatNumber(query.data.over ?? 0)} matches; older ones are not counted.
        </p>
      )}
      {order.map((name) => (
        <Facet
          key={name}
          name={name}
          values={query.data.facets[name]}
          chosen={filters[name] === '' ? [] : filters[name].split(',')}
          set={(values) => set({ [name]: values.join(',') })}
        />
      ))}
    </div>
  ) : (
    <div className="grid gap-2">
      <Skeleton h={16} />
      <Skeleton h={16} />
      <Skeleton h={16} />
    </div>
  );
  if (!phone) {
    return (
      <Panel title="Narrow" className="self-start">
        {body}
      </Panel>
    );
  }
  return (
    <Panel
      title="Narrow"
      padded={open}
      actions={
        <Button size="sm" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? 'Hide counts' : chosen > 0 ? `Show counts, ${chosen} chosen` : 'Show counts'}
        </Button>
      }
    >
      {open ? body : null}
    </Panel>
  );
}

function Facet({
  name,
  values,
  chosen,
  set,
}: {
  name: FacetName;
  values: { value: string; count: number }[];
  chosen: string[];
  set: (values: string[]) => void;
}) {
  const { nameOf } = useNames();
  const [all, setAll] = useState(false);
  // A kind (`action.*`) is chosen of no single value.
  const missing = chosen
    .filter((value) => !values.some((each) => each.value === value))
    .map((value) => ({ value, count: 0 }));
  const every = [...values, ...missing];
  if (every.length === 0) return null;
  const shown = all ? every : every.slice(0, SHOWN);
  const label = (value: string): string => {
    if (name === 'outcome') return outcomeWords[value] ?? value;
    if (name === 'agent') return nameOf(value) ?? shortId(value);
    if (name === 'actor')
      return nameOf(value) ?? (/_/.test(value) ? shortId(value) : jobName(value));
    return value;
  };
  return (
    <section aria-label={`By ${headings[name].toLowerCase()}`}>
      <h3 className="mb-1 text-sm font-medium text-text-3">{headings[name]}</h3>
      <ul className="grid grid-cols-[minmax(0,1fr)] gap-px">
        {shown.map(({ value, count }) => {
          const on = chosen.includes(value);
          return (
            <li key={value}>
              <button
                type="button"
                aria-pressed={on}
                onClick={() =>
                  set(on ? chosen.filter((each) => each !== value) : [...chosen, value])
                }
                className={`flex min-h-7 w-full items-center gap-2 rounded-sm px-1.5 text-left text-sm hover:bg-raised max-wide:min-h-11 ${on ? 'bg-accent-weak font-medium' : ''}`}
              >
                <span className="min-w-0 flex-1 truncate" title={value}>
                  {label(value)}
                </span>
                <span className="num text-text-3">{formatNumber(count)}</span>
              </button>
            </li>
          );
        })}
      </ul>
      {every.length > SHOWN ? (
        <Button size="sm" variant="ghost" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? 'Fewer' : `${every.length - SHOWN} more`}
        </Button>
      ) : null}
    </section>
  );
}
