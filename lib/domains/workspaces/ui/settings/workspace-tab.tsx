'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import Link from 'next/link';
import { formatMinutes } from '@/components/format';
import { useDraft } from '@/components/hooks';
import { Unsaved } from '@/components/layout';
import {
  Button,
  ChangedMeanwhile,
  Combobox,
  CopyId,
  Field,
  fieldErrors,
  Form,
  FormError,
  Input,
  KeyValue,
  Panel,
  QueryView,
  RadioGroup,
  Switch,
  TimeAgo,
  toast,
} from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { workspacePaths, workspaceQuery } from '../../queries';
import type { WorkspaceSettings, WorkspaceView } from '../../schema';
import { FloorFields } from '../floor-fields';
import { timeZones } from '../setup-form';
import { changesOf, type WorkspaceDraft } from './workspace-changes';

export function WorkspaceTab() {
  const workspace = useQuery(workspaceQuery());
  return (
    <QueryView query={workspace}>
      {(data) => <WorkspaceForm key={data.id} workspace={data} />}
    </QueryView>
  );
}

type NumberSetting =
  | 'approvalTtlMinutes'
  | 'sampleSize'
  | 'reviewDueHours'
  | 'plantedPer100'
  | 'credentialMaxAgeDays'
  | 'secretMaxAgeDays';

interface NumberField {
  name: NumberSetting;
  label: string;
  unit: string;
  hint: string | ((value: number) => string);
}

const numbers: NumberField[] = [
  {
    name: 'approvalTtlMinutes',
    label: 'A held action waits',
    unit: 'min',
    hint: (minutes) =>
      Number.isInteger(minutes) && minutes > 0
        ? `${formatMinutes(minutes)}, at most 30 days; a route may say otherwise. Then it expires and does not run.`
        : 'At least one minute.',
  },
  {
    name: 'sampleSize',
    label: 'Daily sample',
    unit: 'actions',
    hint: 'Tier-2 actions of a day; until Reviews has settings of its own for it.',
  },
  { name: 'reviewDueHours', label: 'Reviews are due', unit: 'hours', hint: 'After the draw.' },
  {
    name: 'plantedPer100',
    label: 'Planted requests',
    unit: 'per 100',
    hint: 'Known-bad requests among what is held, to see whether they are caught; at most 20, 0 for none. They never run, and are revealed at once to whoever decides them.',
  },
  {
    name: 'credentialMaxAgeDays',
    label: "Agents' credentials, at most",
    unit: 'days',
    hint: 'Older ones are rotated and fail their check.',
  },
  {
    name: 'secretMaxAgeDays',
    label: 'Secrets, at most',
    unit: 'days',
    hint: 'Where a secret has no schedule of its own.',
  },
];

const signings = [
  {
    value: 'session',
    label: 'Signed in as they are',
    hint: 'Being signed in to the console is enough.',
  },
  {
    value: 'step_up',
    label: 'With a fresh proof of who they are',
    hint: 'Whoever proved it more than 5 minutes ago is asked again.',
  },
  {
    value: 'passkey',
    label: 'With a passkey',
    hint: 'Bound to the action and to the card as they saw it; anyone can check it offline. Approvers without a passkey cannot sign.',
  },
];

const draftOf = ({ name, timeZone, settings }: WorkspaceView): WorkspaceDraft => ({
  ...{ name, timeZone, settings },
});

function WorkspaceForm({ workspace }: { workspace: WorkspaceView }) {
  const client = useQueryClient();
  const form = useDraft(draftOf(workspace));
  const { name, timeZone, settings } = form.draft;
  const change = (patch: Partial<WorkspaceDraft>) =>
    form.change((draft) => ({ ...draft, ...patch }));
  const save = useMutation({
    mutationFn: (sent: WorkspaceDraft) =>
      api.patch<WorkspaceView>(workspacePaths.workspace, changesOf(form.began, sent, workspace)),
    onSuccess: (saved, sent) => {
      form.save(sent, draftOf(saved));
      client.setQueryData(workspaceQuery().queryKey, saved);
      void client.invalidateQueries({ queryKey: ['workspace'] });
      toast.good('Settings saved');
    },
  });
  const errors = fieldErrors(save.error);
  const locked = !workspace.can.update.allowed;
  const set = (patch: Partial<WorkspaceSettings>) =>
    change({ settings: { ...settings, ...patch } });

  return (
    <Form onSubmit={() => save.mutate(form.draft)} className="gap-3.5">
      <Unsaved what={form.typed ? ['the settings of the workspace'] : []} />
      <ChangedMeanwhile shown={form.meanwhile && !save.isPending} onDiscard={form.discard} />
      <FormError error={save.error} />
      <Panel title="Workspace">
        <div className="grid gap-4 wide:grid-cols-2">
          <Field label="Name" error={errors['name']}>
            <Input
              value={name}
              onChange={(e) => change({ name: e.target.value })}
              disabled={locked}
            />
          </Field>
          <Field
            label="Time zone"
            hint="Daily samples and schedules follow it."
            error={errors['timeZone']}
          >
            <Combobox
              value={timeZone}
              onValueChange={(zone) => change({ timeZone: zone })}
              options={timeZones()}
              disabled={locked}
            />
          </Field>
          <KeyValue
            items={[
              { label: 'Id', value: <CopyId id={workspace.id} /> },
              { label: 'Created', value: <TimeAgo at={workspace.createdAt} /> },
            ]}
          />
        </div>
      </Panel>
      <Panel title="Supervision" note="What people are asked, and how soon they must answer">
        <div className="grid gap-4 wide:grid-cols-2">
          {numbers.map((setting) => (
            <Field
              key={setting.name}
              label={setting.label}
              hint={
                typeof setting.hint === 'string'
                  ? setting.hint
                  : setting.hint(settings[setting.name])
              }
              error={errors[`settings.${setting.name}`]}
            >
              <Input
                type="number"
                min={0}
                value={String(settings[setting.name])}
                onChange={(e) => set({ [setting.name]: Number(e.target.value) })}
                suffix={setting.unit}
                disabled={locked}
              />
            </Field>
          ))}
        </div>
      </Panel>
      <Panel title="Tier floors" note="No permission lets such an action run below this tier">
        <FloorFields
          value={settings.tierFloors}
          onChange={(floors) => set({ tierFloors: floors })}
          disabled={locked}
          errors={floorErrors(errors)}
        />
      </Panel>
      <Panel
        title="Approvers"
        note={
          <Link href="/approvals/routing" className="text-accent hover:underline">
            Who approves what
          </Link>
        }
      >
        <div className="grid gap-4">
          <div>
            <div aria-hidden className="mb-1.5 text-sm font-medium">
              How an approver signs at least
            </div>
            <RadioGroup
              label="How an approver signs at least"
              value={settings.signing}
              onValueChange={(signing) => set({ signing: signing as WorkspaceSettings['signing'] })}
              options={signings.map((one) => ({ ...one, disabled: locked }))}
            />
          </div>
          <Switch
            checked={settings.requireSecondFactor}
            onCheckedChange={(requireSecondFactor) => set({ requireSecondFactor })}
            disabledReason={locked ? workspace.can.update.reason : undefined}
            label="Ask approvers for a second factor"
            hint="Those without one are told on every page, and the check of approvers fails."
          />
        </div>
      </Panel>
      <Panel title="Admins">
        <Switch
          checked={settings.secondAdminWidens}
          onCheckedChange={(secondAdminWidens) => set({ secondAdminWidens })}
          disabledReason={locked ? workspace.can.update.reason : undefined}
          label="Ask for a second admin"
          hint="A change that lets agents do more is drafted by one admin and published by another who sponsors none of them. Whom one makes an admin or approver, or lets read protected payloads, another confirms. To end it takes a second admin too, so have two before you begin."
        />
      </Panel>
      <div>
        <Button type="submit" variant="primary" can={workspace.can.update} loading={save.isPending}>
          Save settings
        </Button>
      </div>
    </Form>
  );
}

const FLOORS = 'settings.tierFloors.';

function floorErrors(errors: Readonly<Record<string, string | undefined>>) {
  return Object.fromEntries(
    Object.entries(errors).flatMap(([field, message]) =>
      field.startsWith(FLOORS) ? [[field.slice(FLOORS.length), message]] : [],
    ),
  );
}
