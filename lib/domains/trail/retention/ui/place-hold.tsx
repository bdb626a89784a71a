'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { DateRange, FilterBar } from '@/components/data';
import { formatNumber, plural } from '@/components/format';
import { useUrlState } from '@/components/hooks';
import {
  Button,
  Combobox,
  Dialog,
  Field,
  fieldErrors,
  Form,
  FormError,
  Textarea,
  toast,
} from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { countQuery, namesQuery, noFilters, type UrlFilters } from '../../queries';
import { classifications, outcomes } from '../../schema';
import { kinds, outcomeWords } from '../../ui/describe';
import { AgentFilter } from '../../ui/agent-filter';
import { useNames } from '../../ui/use-names';
import { retentionKeys, retentionPaths } from '../queries';
import type { HoldView } from '../schema';
import { filterParts } from './words';

interface Props {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

const tiers = ['1', '2', '3'].map((value) => ({ value, label: value }));

/** A hold by the filters in the address, so that a search can be sent here whole. */
export function PlaceHold({ open, onOpenChange }: Props) {
  const [url, setUrl] = useUrlState({ hold: '', ...noFilters });
  const { hold: _, ...filters } = url;
  const close = () => setUrl({ ...noFilters, hold: '' });
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => (next ? onOpenChange(true) : close())}
      title="Place a legal hold"
      description="Events that match are kept whatever their age, also those that are still to come."
      size="lg"
    >
      <HoldForm filters={filters} onDone={close} />
    </Dialog>
  );
}

function HoldForm({ filters, onDone }: { filters: UrlFilters; onDone: () => void }) {
  const client = useQueryClient();
  // Who left answers for nothing.
  const owners = (useQuery(namesQuery('members')).data ?? []).filter(
    ({ state }) => state === 'active',
  );
  const [reason, setReason] = useState('');
  const [owner, setOwner] = useState('');
  const given = Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== ''));
  const place = useMutation({
    mutationFn: () => api.post<HoldView>(retentionPaths.holds, { filters: given, reason, owner }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: retentionKeys.all });
      toast.good('The hold is in force');
      onDone();
    },
  });
  const errors = fieldErrors(place.error);
  return (
    <Form onSubmit={() => place.mutate()} className="grid gap-4">
      <FormError error={place.error} />
      <Covered filters={filters} given={given} />
      <Field label="Reason" required error={errors['reason']} hint="The case or order it is for.">
        <Textarea value={reason} onChange={(event) => setReason(event.target.value)} />
      </Field>
      <Field label="Owner" required error={errors['owner']} hint="The member who answers for it.">
        <Combobox
          value={owner}
          onValueChange={setOwner}
          options={owners.map(({ id, name }) => ({ value: id, label: name }))}
          placeholder="Choose a member"
        />
      </Field>
      <div className="flex justify-end gap-2">
        <Button onClick={onDone}>Cancel</Button>
        <Button
          type="submit"
          variant="primary"
          loading={place.isPending}
          disabledReason={
            Object.keys(given).length === 0 ? 'Narrow by something, or name a time.' : null
          }
        >
          Place the hold
        </Button>
      </div>
    </Form>
  );
}

function Covered({ filters, given }: { filters: UrlFilters; given: Record<string, string> }) {
  const { nameOf } = useNames();
  const narrowed = Object.keys(given).length > 0;
  const count = useQuery({ ...countQuery(filters), enabled: narrowed }).data;
  const choices = [
    { param: 'type', label: 'Type', options: kinds },
    {
      param: 'outcome',
      label: 'Outcome',
      options: outcomes.map((value) => ({ value, label: outcomeWords[value] ?? value })),
    },
    { param: 'tier', label: 'Tier', options: tiers },
    {
      param: 'classification',
      label: 'Classification',
      options: classifications.map((value) => ({ value, label: value })),
    },
  ];
  const more = filterParts(given, nameOf).filter(
    ({ name }) => !choices.some((choice) => choice.label.toLowerCase() === name),
  );
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-1 font-medium">What it covers</legend>
      <FilterBar search={{ placeholder: 'Words, "a phrase"' }} filters={choices} also={['agent']}>
        <AgentFilter />
        <DateRange />
      </FilterBar>
      <p className="note" role="status">
        {more.length > 0 ? `${more.map(({ name, value }) => `${name} ${value}`).join(', ')}. ` : ''}
        {narrowed && count
          ? `Covers ${count.capped ? `more than ${formatNumber(count.count)} events` : plural(count.count, 'event')} now.`
          : 'Narrow by something, or name a time.'}{' '}
        Protected payloads cannot be searched: whatever has one is held with them.
      </p>
    </fieldset>
  );
}
