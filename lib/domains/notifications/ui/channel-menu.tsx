'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Ban, KeyRound, Pause, Pencil, Play, Send } from 'lucide-react';
import { useState } from 'react';
import { plural } from '@/components/format';
import { Button, ConfirmDialog, Menu, toast } from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import type { Ability } from '@/lib/kernel/ability';
import { notificationKeys, notificationPaths } from '../queries';
import type { ChannelView, ChannelWithSecret, Tested } from '../schema';
import { ChannelForm } from './channel-form';

const whyNot = ({ allowed, reason }: Ability) =>
  allowed ? {} : { disabledReason: reason ?? 'Not allowed.' };

interface Props {
  channel: ChannelView;
  onSecret: (made: ChannelWithSecret) => void;
}

/** What can be done with a channel. */
export function ChannelMenu({ channel, onSecret }: Props) {
  const client = useQueryClient();
  const [doing, setDoing] = useState<'edit' | 'rotate' | 'remove' | null>(null);
  const { id, name, can } = channel;
  const refresh = () => client.invalidateQueries({ queryKey: notificationKeys.all });
  const close = () => setDoing(null);
  const paused = channel.state === 'paused';
  const toggle = useMutation({
    mutationFn: () => api.post(notificationPaths.deed(id, paused ? 'resume' : 'pause'), {}),
    onSuccess: refresh,
    onError: (error) => toast.error(error),
  });
  const test = useMutation({
    mutationFn: () => api.post<Tested>(notificationPaths.deed(id, 'test'), {}),
    onSuccess: ({ delivered, error }) => {
      if (delivered) toast.good('The test message was taken');
      else
        toast({ title: 'The test message was not taken', description: error ?? '', tone: 'deny' });
    },
    onError: (error) => toast.error(error),
  });
  return (
    <span className="inline-flex gap-1.5">
      <Button
        size="sm"
        icon={Send}
        can={can.test}
        loading={test.isPending}
        aria-label={`Send a test message to ${name}`}
        onClick={() => test.mutate()}
      >
        Test
      </Button>
      <Menu
        align="end"
        trigger={
          <Button size="sm" aria-label={`More for ${name}`}>
            More
          </Button>
        }
        items={[
          { label: 'Edit', icon: Pencil, onSelect: () => setDoing('edit'), ...whyNot(can.update) },
          {
            label: paused ? 'Resume' : 'Pause',
            icon: paused ? Play : Pause,
            onSelect: () => toggle.mutate(),
            ...whyNot(paused ? can.resume : can.pause),
          },
          {
            label: 'Rotate the signing secret',
            icon: KeyRound,
            onSelect: () => setDoing('rotate'),
            ...whyNot(can.rotate),
          },
          {
            label: 'Remove',
            icon: Ban,
            tone: 'deny',
            onSelect: () => setDoing('remove'),
            ...whyNot(can.remove),
          },
        ]}
      />
      {doing === 'edit' ? (
        <ChannelForm channel={channel} mail onClose={close} onSaved={() => undefined} />
      ) : null}
      <ConfirmDialog
        open={doing === 'rotate'}
        onOpenChange={(open) => !open && close()}
        title={`Rotate the signing secret of ${name}?`}
        effects={['For a day messages are signed with the old secret as well']}
        confirmLabel="Rotate"
        tone="primary"
        onConfirm={async () => {
          onSecret(
            await api.post<ChannelWithSecret>(notificationPaths.deed(id, 'rotate-secret'), {}),
          );
          await refresh();
        }}
      />
      <ConfirmDialog
        open={doing === 'remove'}
        onOpenChange={(open) => !open && close()}
        title={`Remove ${name}?`}
        effects={[
          'Its address and its secrets are erased',
          channel.queued > 0
            ? `Leaves ${plural(channel.queued, 'waiting message')} unsent`
            : 'No message waits to be sent',
        ]}
        confirmLabel="Remove"
        tone="danger"
        onConfirm={async () => {
          await api.delete(notificationPaths.channel(id));
          await refresh();
          toast.good('Channel removed');
        }}
      />
    </span>
  );
}
