'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useId, useState } from 'react';
import { plural } from '@/components/format';
import { readProblem } from '@/components/problem';
import {
  Button,
  Dialog,
  Field,
  fieldErrors,
  Form,
  FormError,
  Input,
  MultiCombobox,
  RadioGroup,
  toast,
} from '@/components/ui';
import { type Agent, agentPaths } from '@/lib/domains/agents';
import { api } from '@/lib/http/fetcher';
import type { Page } from '@/lib/kernel/page-input';
import { campaignKeys, campaignPaths, previewQuery } from '../queries';
import type { CampaignDetail, CampaignPreview } from '../schema';

const DAY = 86_400_000;
const USUAL_DAYS = 30;

/** A date in the reader's own calendar, as an input of type date has it. */
function dateAfter(days: number): string {
  const at = new Date(Date.now() + days * DAY);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
}

/** The last moment of that date; undefined while it is none. */
function endOf(date: string): string | undefined {
  const at = new Date(`${date}T23:59:59`);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

async function searchAgents(q: string) {
  const { items } = await api.get<Page<Agent>>(agentPaths.list, { q, limit: 50 });
  return items
    .filter((agent) => agent.state !== 'retired')
    .map(({ id, name, sponsor }) => ({
      ...{ value: id, label: name },
      hint: sponsor ? `sponsor ${sponsor.name}` : 'no sponsor',
    }));
}

export interface CampaignDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** Starts an access review, and says before how many items it will have, and for whom. */
export function CampaignDialog({ open, onOpenChange }: CampaignDialogProps) {
  const form = useId();
  const router = useRouter();
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [due, setDue] = useState(() => dateAfter(USUAL_DAYS));
  const [scope, setScope] = useState('all');
  const [chosen, setChosen] = useState<string[]>([]);
  const [undone, setUndone] = useState('escalate');
  const agents = scope === 'all' ? ('all' as const) : chosen;
  const ready = agents === 'all' || agents.length > 0;
  const preview = useQuery({ ...previewQuery(agents), enabled: open && ready });

  const create = useMutation({
    mutationFn: () =>
      api.post<CampaignDetail>(campaignPaths.list, { name, dueAt: endOf(due), agents, undone }),
    onSuccess: (made) => {
      client.setQueryData(campaignKeys.one(made.id), made);
      toast.good('Access review started', made.name);
      onOpenChange(false);
      router.push(`/access-reviews/${made.id}`);
      return client.invalidateQueries({ queryKey: campaignKeys.all });
    },
  });
  const errors = fieldErrors(create.error);
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => {
        if (!next) create.reset();
        onOpenChange(next);
      }}
      title="New access review"
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>Cancel</Button>
          <Button
            type="submit"
            form={form}
            variant="primary"
            loading={create.isPending}
            disabledReason={ready ? null : 'Choose an agent first.'}
          >
            Start
          </Button>
        </>
      }
    >
      <Form id={form} onSubmit={() => ready && create.mutate()}>
        <FormError error={create.error} />
        <div className="grid gap-4 wide:grid-cols-[minmax(0,1fr)_180px]">
          <Field label="Name" required error={errors['name']}>
            <Input
              value={name}
              autoComplete="off"
              placeholder="Fourth quarter"
              onChange={(event) => setName(event.target.value)}
            />
          </Field>
          <Field label="Due" required hint="At the end of that day." error={errors['dueAt']}>
            <Input
              type="date"
              value={due}
              min={dateAfter(0)}
              onChange={(event) => setDue(event.target.value)}
            />
          </Field>
        </div>
        <RadioGroup
          label="Agents"
          value={scope}
          onValueChange={setScope}
          options={[
            { value: 'all', label: 'All agents', hint: 'Every one that is not retired.' },
            { value: 'chosen', label: 'Chosen agents' },
          ]}
        />
        {scope === 'chosen' ? (
          <Field label="Which agents" required error={errors['agents']}>
            {(field) => (
              <MultiCombobox
                {...field}
                value={chosen}
                onValueChange={setChosen}
                load={searchAgents}
                placeholder="Choose agents…"
                emptyText="No agent has this name."
              />
            )}
          </Field>
        ) : null}
        <RadioGroup
          label="What nobody decides by then"
          value={undone}
          onValueChange={setUndone}
          options={[
            {
              value: 'escalate',
              label: 'Escalate what nobody decided',
              hint: 'It stays granted until an admin decides.',
            },
            {
              value: 'remove',
              label: 'Remove what nobody decided',
              hint: 'Agents leave their roles at the due date, whoever relies on them.',
            },
          ]}
        />
        {ready ? (
          <Preview found={preview.data} error={preview.error} />
        ) : (
          <p className="note">Choose agents to see how many items there will be.</p>
        )}
      </Form>
    </Dialog>
  );
}

function Preview({ found, error }: { found: CampaignPreview | undefined; error: unknown }) {
  if (error) return <p className="text-sm text-deny">{readProblem(error).sentence}</p>;
  if (!found) return <p className="note">Counting…</p>;
  const { agents, roles, permissions, escalated, reviewers } = found;
  return (
    <div aria-live="polite" className="rounded-md border border-line bg-raised px-3 py-2.5">
      <div className="num font-medium">
        {plural(roles + permissions, 'item')} for {plural(reviewers.length, 'reviewer')}
      </div>
      <div className="num text-sm text-text-2">
        {plural(agents, 'agent')} in a role: {plural(roles, 'time')}, with{' '}
        {plural(permissions, 'permission')} within
      </div>
      {escalated > 0 ? (
        <div className="num text-sm text-hold">
          {plural(escalated, 'item')} without a sponsor who can sign in: an admin decides them
        </div>
      ) : null}
      <ul className="mt-1.5 grid gap-0.5 text-sm">
        {reviewers.slice(0, 8).map(({ reviewer, agents: own, items }) => (
          <li key={reviewer.id} className="flex flex-wrap gap-x-3">
            <span className="min-w-0 flex-1 truncate">{reviewer.name}</span>
            <span className="num text-text-2">
              {plural(items, 'item')}, {plural(own, 'agent')}
            </span>
          </li>
        ))}
        {reviewers.length > 8 ? (
          <li className="note">and {plural(reviewers.length - 8, 'more reviewer')}</li>
        ) : null}
      </ul>
    </div>
  );
}
