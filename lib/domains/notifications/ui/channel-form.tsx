'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import {
  Button,
  Checkbox,
  Dialog,
  Field,
  fieldErrors,
  Form,
  FormError,
  Input,
  MultiCombobox,
  Notice,
  RadioGroup,
} from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { changed } from '@/lib/kernel/defined';
import { groupsQuery, notificationKeys, notificationPaths } from '../queries';
import {
  type ChannelKind,
  channelKinds,
  type ChannelView,
  type ChannelWithSecret,
  occasions,
  usualOccasions,
} from '../schema';
import { kindWords, occasionWords } from './words';

const hints: Record<ChannelKind, string> = {
  email: 'To each member whom it concerns, at their own address.',
  slack: 'By an incoming webhook of a Slack app.',
  teams: 'By a workflow that takes a webhook, or an incoming webhook.',
  webhook: 'A signed CloudEvent to an address of yours.',
};

const addresses: Record<ChannelKind, string> = {
  email: '',
  slack: 'As in https://hooks.slack.com/services/…',
  teams: 'As the workflow shows it, in whole.',
  webhook: 'An https address; http reaches this machine only.',
};

interface Draft {
  name: string;
  kind: ChannelKind;
  url: string;
  groups: string[];
  occasions: ChannelView['occasions'];
}

const nothing: Draft = {
  name: '',
  kind: 'email',
  url: '',
  groups: [],
  occasions: usualOccasions,
};

interface Props {
  /** Edits this one; adds another without. */
  channel?: ChannelView;
  /** Whether there is a server to send mail by. */
  mail: boolean;
  onClose: () => void;
  onSaved: (saved: ChannelWithSecret) => void;
}

function bodyOf({ name, occasions: when, groups, kind, url }: Draft, isNew: boolean) {
  return {
    ...{ name, occasions: when, groups: groups.length > 0 ? groups : null },
    ...(kind === 'email' || (!isNew && url === '') ? {} : { url }),
  };
}

export function ChannelForm({ channel, mail, onClose, onSaved }: Props) {
  const form = useId();
  const client = useQueryClient();
  const groups = useQuery(groupsQuery());
  const [began] = useState<Draft>(() =>
    channel
      ? { ...channel, url: '', groups: channel.groups?.map(({ id }) => id) ?? [] }
      : { ...nothing, kind: mail ? 'email' : 'slack' },
  );
  const [draft, setDraft] = useState(began);
  const set = (changes: Partial<Draft>) => setDraft((now) => ({ ...now, ...changes }));
  const save = useMutation({
    mutationFn: async (): Promise<ChannelWithSecret> => {
      if (!channel) {
        const all = { ...bodyOf(draft, true), kind: draft.kind };
        return api.post<ChannelWithSecret>(notificationPaths.channels, all);
      }
      // What is not sent stays as others have left it meanwhile.
      const body = changed(bodyOf(began, false), bodyOf(draft, false));
      return { channel: await api.patch<ChannelView>(notificationPaths.channel(channel.id), body) };
    },
    onSuccess: (saved) => {
      void client.invalidateQueries({ queryKey: notificationKeys.all });
      onClose();
      onSaved(saved);
    },
  });
  const errors = fieldErrors(save.error);
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={channel ? `Edit ${channel.name}` : 'New channel'}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={form} variant="primary" loading={save.isPending}>
            {channel ? 'Save' : 'Add channel'}
          </Button>
        </>
      }
    >
      <Form id={form} onSubmit={() => save.mutate()}>
        <FormError error={save.error} />
        <Field label="Name" required hint="As in Finance on call." error={errors['name']}>
          <Input
            value={draft.name}
            autoComplete="off"
            onChange={(event) => set({ name: event.target.value })}
          />
        </Field>
        {channel ? null : (
          <RadioGroup
            label="Kind"
            value={draft.kind}
            onValueChange={(kind) => set({ kind: kind as ChannelKind })}
            options={channelKinds.map((kind) => ({
              value: kind,
              label: kindWords[kind],
              hint: hints[kind],
            }))}
          />
        )}
        {draft.kind === 'email' ? (
          mail ? null : (
            <Notice tone="hold">
              No mail server is set up, so nothing is sent until <code>SMTP_URL</code> and{' '}
              <code>SMTP_FROM</code> are.
            </Notice>
          )
        ) : (
          <Field
            label="Address"
            required={!channel}
            optional={Boolean(channel)}
            hint={
              channel
                ? `It is at ${channel.host} and is not shown. Enter another one to replace it.`
                : `${addresses[draft.kind]} It is a secret, sealed at once and never shown again.`
            }
            error={errors['url']}
          >
            <Input
              value={draft.url}
              autoComplete="off"
              spellCheck={false}
              inputMode="url"
              onChange={(event) => set({ url: event.target.value })}
            />
          </Field>
        )}
        <Field
          label="Groups of approvers"
          optional
          hint="Only what waits for one of these, and nothing of reviews. None chosen: everything."
          error={errors['groups']}
        >
          <MultiCombobox
            value={draft.groups}
            onValueChange={(chosen) => set({ groups: chosen })}
            options={(groups.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))}
            placeholder="All groups"
          />
        </Field>
        <fieldset className="grid gap-2">
          <legend className="mb-1 text-sm font-medium">Says when</legend>
          {occasions.map((occasion) => (
            <Checkbox
              key={occasion}
              checked={draft.occasions.includes(occasion)}
              onCheckedChange={(on) =>
                set({
                  occasions: on
                    ? [...draft.occasions, occasion]
                    : draft.occasions.filter((each) => each !== occasion),
                })
              }
              label={occasionWords[occasion]}
            />
          ))}
          <Checkbox
            checked
            onCheckedChange={() => undefined}
            label={occasionWords.broke_glass}
            disabledReason="Always, by every channel and even one that is paused."
          />
          {errors['occasions'] ? <p className="text-sm text-deny">{errors['occasions']}</p> : null}
        </fieldset>
      </Form>
    </Dialog>
  );
}
