'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { MailX } from 'lucide-react';
import { NoAccess, Notice, Panel, QueryView, Switch, toast } from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import type { Verdict } from '@/lib/kernel/verdict';
import { notificationKeys, notificationPaths, preferenceQuery } from '../queries';
import type { Preference } from '../schema';
import { ChannelsPanel } from './channels-panel';
import { MessagesPanel } from './messages-panel';

/** Where people hear of held actions, and whether the reader gets mail. */
export function NotificationsTab({ see }: { see: Verdict }) {
  const preference = useQuery(preferenceQuery());
  return (
    <div className="grid gap-3.5">
      <QueryView query={preference}>{(mine) => <MyEmail mine={mine} />}</QueryView>
      {see.allowed ? (
        <>
          <ChannelsPanel />
          <MessagesPanel />
        </>
      ) : (
        <Panel title="Channels">
          <NoAccess reason={see.reason} />
        </Panel>
      )}
    </div>
  );
}

function MyEmail({ mine }: { mine: Preference }) {
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: (email: boolean) => api.patch<Preference>(notificationPaths.preference, { email }),
    onSuccess: (saved) => {
      client.setQueryData(preferenceQuery().queryKey, saved);
      void client.invalidateQueries({ queryKey: notificationKeys.all });
    },
    onError: (error) => toast.error(error),
  });
  return (
    <Panel title="My email">
      <div className="grid gap-3">
        <Switch
          checked={save.isPending ? save.variables : mine.email}
          onCheckedChange={(email) => save.mutate(email)}
          label={`Mail me at ${mine.address}`}
          hint="When a held action or a review waits for you, and how a held one ended. What every admin is told, an admin is told all the same."
        />
        {mine.configured ? null : (
          <Notice tone="hold" icon={MailX} title="No mail is sent">
            No mail server is set up. Whoever runs this installation sets <code>SMTP_URL</code> (or{' '}
            <code>SMTP_HOST</code>) and <code>SMTP_FROM</code> and starts it again.
          </Notice>
        )}
        {mine.configured && !mine.channel ? (
          <p className="note">
            No channel of this workspace sends mail yet. An admin adds one of the kind Email.
          </p>
        ) : null}
      </div>
    </Panel>
  );
}
