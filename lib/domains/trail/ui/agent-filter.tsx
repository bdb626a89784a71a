'use client';

import { PickFilter } from '@/components/data';
import { shortId } from '@/components/format';
import { searchAnyAgent } from '../queries';
import { useNames } from './use-names';

/** Narrows by one agent, or shows which several are chosen beside the list. */
export function AgentFilter() {
  const { nameOf } = useNames();
  const words = (value: string) =>
    value
      .split(',')
      .map((id) => nameOf(id) ?? shortId(id))
      .join(' or ');
  return (
    <PickFilter
      param="agent"
      label="Agent"
      any="Any agent"
      nameOf={words}
      load={searchAnyAgent}
      emptyText="No agent has this name."
    />
  );
}
