'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { humanize } from '@/components/format';
import {
  Button,
  Combobox,
  Field,
  fieldErrors,
  Form,
  FormError,
  Input,
  Panel,
  Select,
  toast,
} from '@/components/ui';
import { actionTypeIndexQuery, catalogPaths, environments, type Tool } from '@/lib/domains/catalog';
import { searchMembers, useActor } from '@/lib/domains/workspaces';
import { api } from '@/lib/http/fetcher';
import type { Page } from '@/lib/kernel/page-input';
import { manageConfiguration } from '../policy';
import { configurationPaths } from '../queries';
import type { PlannedTemplate, PlanTemplate, TemplateView } from '../template-schema';
import { PlanView } from './plan-view';

type Draft = Required<Omit<PlanTemplate, 'template'>>;

// A configuration names people by their address and tools by their name.
async function searchSponsors(q: string) {
  return (await searchMembers(q)).map((member) => ({ ...member, value: member.hint }));
}

async function searchTools(q: string) {
  const page = await api.get<Page<Tool>>(catalogPaths.tools, { q, state: 'active', limit: 20 });
  return page.items.map(({ name, description }) => ({
    value: name,
    label: name,
    hint: description,
  }));
}

/** From a template to an agent: what it is called, what stands for what, the plan, and yes. */
export function TemplateForm({ template }: { template: TemplateView }) {
  const actor = useActor();
  const client = useQueryClient();
  const router = useRouter();
  const known = useQuery(actionTypeIndexQuery()).data;
  const [draft, setDraft] = useState<Draft>({
    name: template.id,
    model: '',
    sponsor: null,
    environment: template.agent.environment as Draft['environment'],
    tool: null,
    actionTypes: {},
  });
  const plan = useMutation({
    mutationFn: () =>
      api.post<PlannedTemplate>(configurationPaths.planTemplate, {
        template: template.id,
        ...draft,
      }),
  });
  const apply = useMutation({
    mutationFn: ({ files, plan: { digest } }: PlannedTemplate) =>
      api.post(configurationPaths.apply, {
        ...{ files, digest },
        why: `Made of the template ${template.title}`,
      }),
    onSuccess: async () => {
      toast.good('Agent made', `${draft.name} is a draft. Give it a credential and activate it.`);
      await client.invalidateQueries();
      router.push(`/agents?q=${encodeURIComponent(draft.name)}`);
    },
  });
  const set = (patch: Partial<Draft>) => {
    setDraft((was) => ({ ...was, ...patch }));
    // What was planned is not what is asked for any more.
    plan.reset();
    apply.reset();
  };
  const map = (key: string, own: string) => {
    const { [key]: _, ...others } = draft.actionTypes;
    set({ actionTypes: own ? { ...others, [key]: own } : others });
  };
  const errors = fieldErrors(plan.error);
  const can = actor && manageConfiguration(actor);
  const granted = template.actionTypes.filter((type) => type.granted);
  const own = [...(known?.values() ?? [])]
    .filter(({ state }) => state === 'active')
    .map(({ key, title }) => ({ value: key, label: key, hint: title }));
  return (
    <Panel
      title="Make an agent of it"
      note="It starts as a draft; nothing is made before you say so"
    >
      <Form onSubmit={() => plan.mutate()} className="grid gap-4">
        <FormError error={plan.error} />
        <div className="grid gap-4 wide:grid-cols-2">
          <Field
            label="Name"
            required
            hint="Lower-case letters, digits and hyphens."
            error={errors['name']}
          >
            <Input
              value={draft.name}
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => set({ name: event.target.value })}
            />
          </Field>
          <Field
            label="Model"
            required
            hint="What it runs on, with its version."
            error={errors['model']}
          >
            <Input
              value={draft.model}
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => set({ model: event.target.value })}
            />
          </Field>
          <Field
            label="Sponsor"
            hint="The member who answers for it. An agent without one cannot be activated."
            error={errors['sponsor']}
          >
            {(props) => (
              <Combobox
                {...props}
                value={draft.sponsor ?? ''}
                selectedLabel={draft.sponsor ?? ''}
                onValueChange={(value) => set({ sponsor: value || null })}
                load={searchSponsors}
                placeholder="Choose a member…"
                emptyText="No active member has this name."
              />
            )}
          </Field>
          <Field label="Environment" required error={errors['environment']}>
            {({ id, invalid }) => (
              <Select
                id={id}
                invalid={invalid}
                value={draft.environment}
                onValueChange={(value) => set({ environment: value as Draft['environment'] })}
                options={environments.map((value) => ({ value, label: humanize(value) }))}
              />
            )}
          </Field>
          <Field
            label="Tool"
            hint="Where the action types below are made that the workspace does not have."
            error={errors['tool']}
          >
            {(props) => (
              <Combobox
                {...props}
                value={draft.tool ?? ''}
                selectedLabel={draft.tool ?? ''}
                onValueChange={(value) => set({ tool: value || null })}
                load={searchTools}
                placeholder="Choose a tool…"
                emptyText="No tool has this name. Add it to the catalog first."
              />
            )}
          </Field>
        </div>
        <fieldset className="grid gap-4 wide:grid-cols-2">
          <legend className="mb-2 font-medium">Action types of yours that stand for these</legend>
          {granted.map(({ key, title }) => (
            <Field
              key={key}
              label={<span className="mono">{key}</span>}
              hint={known?.has(key) ? `${title}. There is one of this name.` : title}
              error={errors[`actionTypes.${key}`]}
            >
              {(props) => (
                <Combobox
                  {...props}
                  value={draft.actionTypes[key] ?? ''}
                  selectedLabel={draft.actionTypes[key] ?? ''}
                  onValueChange={(value) => map(key, value)}
                  options={own}
                  placeholder={known?.has(key) ? 'The one of this name' : 'Make it at the tool'}
                  emptyText="No action type has this name."
                />
              )}
            </Field>
          ))}
        </fieldset>
        <Problems error={plan.error} />
        <div>
          <Button type="submit" can={can} loading={plan.isPending}>
            Show what it changes
          </Button>
        </div>
      </Form>
      {plan.data ? (
        <PlanView
          plan={plan.data.plan}
          error={apply.error}
          action={
            <Button
              variant="primary"
              can={can}
              loading={apply.isPending}
              disabledReason={
                plan.data.plan.needsSecondAdmin
                  ? 'It lets agents do more, and this workspace wants a second admin for that.'
                  : null
              }
              onClick={() => apply.mutate(plan.data)}
            >
              Make the agent
            </Button>
          }
        />
      ) : null}
    </Panel>
  );
}

/** Everything that does not fit, where the sentence above names only the first. */
function Problems({ error }: { error: unknown }) {
  const files = Object.entries(fieldErrors(error)).filter(([field]) => field.startsWith('files.'));
  if (files.length === 0) return null;
  return (
    <ul className="grid list-disc gap-1 pl-5 text-deny">
      {files.map(([field, message]) => (
        <li key={field} className="[overflow-wrap:anywhere]">
          {message}
        </li>
      ))}
    </ul>
  );
}
