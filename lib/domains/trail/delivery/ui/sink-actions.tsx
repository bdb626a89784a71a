'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Ban, KeyRound, Pause, Pencil, Play, Send } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { plural } from '@/components/format';
import { Button, ConfirmDialog, Menu, SecretOnce, toast } from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import type { Ability } from '@/lib/kernel/ability';
import { sinkKeys, sinkPaths } from '../queries';
import type { SinkView, SinkWithSecret, TestView } from '../schema';
import { SinkForm } from './sink-form';

const whyNot = ({ allowed, reason }: Ability) =>
  allowed ? {} : { disabledReason: reason ?? 'Not allowed.' };

/** What can be done with a sink. */
export function SinkActions({ sink }: { sink: SinkView }) {
  const client = useQueryClient();
  const router = useRouter();
  const [doing, setDoing] = useState<'edit' | 'rotate' | 'retire' | null>(null);
  const [secret, setSecret] = useState<string | null>(null);
  const refresh = () => client.invalidateQueries({ queryKey: sinkKeys.all });
  const opens = (which: typeof doing) => ({
    open: doing === which,
    onOpenChange: (open: boolean) => setDoing(open ? which : null),
  });
  const paused = sink.state === 'paused';
  const toggle = useMutation({
    mutationFn: () => api.post(sinkPaths.deed(sink.id, paused ? 'resume' : 'pause'), {}),
    onSuccess: refresh,
    onError: (error) => toast.error(error),
  });
  const test = useMutation({
    mutationFn: () => api.post<TestView>(sinkPaths.deed(sink.id, 'test'), {}),
    onSuccess: ({ delivered, status, error }) => {
      const answered = status === null ? undefined : `The receiver answered ${status}.`;
      if (delivered) toast.good('The test event was taken', answered);
      else toast({ title: 'The test event was not taken', description: error ?? '', tone: 'deny' });
    },
    onError: (error) => toast.error(error),
  });
  return (
    <>
      <Button
        icon={Send}
        can={sink.can.test}
        loading={test.isPending}
        onClick={() => test.mutate()}
      >
        Send a test
      </Button>
      <Button
        icon={paused ? Play : Pause}
        variant={paused ? 'primary' : 'default'}
        can={paused ? sink.can.resume : sink.can.pause}
        loading={toggle.isPending}
        onClick={() => toggle.mutate()}
      >
        {paused ? 'Resume' : 'Pause'}
      </Button>
      <Button icon={Pencil} can={sink.can.update} onClick={() => setDoing('edit')}>
        Edit
      </Button>
      <Menu
        align="end"
        trigger={<Button>More</Button>}
        items={[
          {
            label: 'Rotate the signing secret',
            icon: KeyRound,
            onSelect: () => setDoing('rotate'),
            ...whyNot(sink.can.rotate),
          },
          {
            label: 'Retire',
            icon: Ban,
            tone: 'deny',
            onSelect: () => setDoing('retire'),
            ...whyNot(sink.can.retire),
          },
        ]}
      />
      <SinkForm
        sink={sink}
        {...opens('edit')}
        onSaved={(saved) => toast.good('Saved', saved.sink.name)}
      />
      <ConfirmDialog
        {...opens('rotate')}
        title={`Rotate the signing secret of ${sink.name}`}
        effects={[
          'Makes a new secret, shown once',
          'For 24 hours messages carry signatures by the new and the old one',
          'After that the old one signs nothing',
        ]}
        tone="primary"
        confirmLabel="Rotate"
        onConfirm={async () => {
          const made = await api.post<SinkWithSecret>(sinkPaths.deed(sink.id, 'rotate-secret'), {});
          setSecret(made.secret ?? null);
          await refresh();
        }}
      />
      <ConfirmDialog
        {...opens('retire')}
        title={`Retire ${sink.name}`}
        effects={[
          'Nothing is delivered to it any more, for good',
          sink.behind
            ? `Leaves ${plural(sink.behind, 'waiting event')} unsent, in the trail`
            : 'Nothing waits to be sent',
          'Its secret is erased here',
        ]}
        typeName={sink.name}
        confirmLabel="Retire"
        onConfirm={async () => {
          await api.post(sinkPaths.deed(sink.id, 'retire'), {});
          await refresh();
          router.push('/settings/delivery');
        }}
      />
      {secret === null ? null : (
        <SecretOnce
          title={`The new signing secret of ${sink.name}`}
          secret={secret}
          label="Signing secret"
          filename={`${sink.name}.txt`}
          onDone={() => setSecret(null)}
        />
      )}
    </>
  );
}
