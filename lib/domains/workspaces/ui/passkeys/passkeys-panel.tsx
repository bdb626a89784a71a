'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Ellipsis, KeyRound, Plus } from 'lucide-react';
import { useState } from 'react';
import {
  Badge,
  Button,
  ConfirmDialog,
  EmptyState,
  IconButton,
  Menu,
  Notice,
  Panel,
  QueryView,
  Switch,
  TimeAgo,
  toast,
} from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { whyNotHere } from '../../passkeys/browser';
import { passkeyKeys, passkeyPaths, passkeysQuery } from '../../passkeys/queries';
import type { PasskeyList, PasskeyView } from '../../passkeys/schema';
import { workspaceKeys } from '../../queries';
import type { Me } from '../../schema';
import { AddPasskey } from './add-passkey';
import { RenamePasskey } from './rename-passkey';
import { StepUpDialog } from './step-up-dialog';

/** What is to be done once the member has proved who they are. */
type Proven = 'add' | 'on' | 'off';
type Deed =
  | { kind: 'confirm'; next: Proven }
  | 'add'
  | { kind: 'rename' | 'remove'; passkey: PasskeyView };

/** The member's own passkeys: made after a step-up, renamed, removed. */
export function PasskeysPanel({ me }: { me: Me }) {
  const client = useQueryClient();
  const passkeys = useQuery(passkeysQuery());
  const [deed, setDeed] = useState<Deed | null>(null);
  const done = () => setDeed(null);
  const changed = async (said: string) => {
    await Promise.all([
      client.invalidateQueries({ queryKey: passkeyKeys }),
      client.invalidateQueries({ queryKey: workspaceKeys.me }),
    ]);
    toast.good(said);
  };
  const remove = useMutation({
    mutationFn: ({ id }: PasskeyView) => api.delete(passkeyPaths.passkey(id)),
    onSuccess: () => changed('Passkey removed'),
  });
  const fresh = me.session.steppedUpUntil;
  const signIn = useMutation({
    mutationFn: (on: boolean) => api.post(passkeyPaths.signIn, { on }),
    onSuccess: (_, on) =>
      changed(on ? 'A passkey is asked for from now on' : 'No passkey is asked for any more'),
    onError: (error) => toast.error(error, 'Nothing has changed'),
  });
  const proven = (next: Proven) => {
    setDeed(next === 'add' ? 'add' : null);
    if (next !== 'add') signIn.mutate(next === 'on');
  };
  const begin = (next: Proven) => {
    if (fresh !== null && Date.parse(fresh) > Date.now()) proven(next);
    else setDeed({ kind: 'confirm', next });
  };
  return (
    <Panel
      title="Passkeys"
      note="Sign in and sign approvals with your device, and confirm that it is you"
      padded={false}
      actions={
        <Button
          size="sm"
          variant="primary"
          icon={Plus}
          disabledReason={passkeys.data ? whyNoMore(passkeys.data) : 'Loading.'}
          onClick={() => begin('add')}
        >
          Add passkey
        </Button>
      }
    >
      <QueryView query={passkeys}>
        {(list) => (
          <>
            <Elsewhere party={list.party} />
            {list.items.length === 0 ? (
              <EmptyState compact title="No passkeys">
                Add one: your device keeps its key, and asks for your finger, face or PIN.
              </EmptyState>
            ) : (
              <ul aria-label="Passkeys">
                {list.items.map((passkey) => (
                  <Row
                    key={passkey.id}
                    passkey={passkey}
                    onDeed={(kind) => setDeed({ kind, passkey })}
                  />
                ))}
              </ul>
            )}
            {list.items.length > 0 || list.signIn ? (
              <div className="border-t border-line px-3.5 py-3">
                <Switch
                  checked={list.signIn}
                  onCheckedChange={(on) => begin(on ? 'on' : 'off')}
                  disabled={signIn.isPending}
                  disabledReason={list.can.setSignIn.allowed ? null : list.can.setSignIn.reason}
                  label="Ask for a passkey after my password"
                  hint="A second factor that no look-alike page can pass on. Have a second passkey, or an authenticator app, for the day you lose one."
                />
              </div>
            ) : null}
          </>
        )}
      </QueryView>
      {typeof deed === 'object' && deed?.kind === 'confirm' ? (
        <StepUpDialog
          open
          onOpenChange={(open) => !open && done()}
          why={whys[deed.next]}
          onDone={() => proven(deed.next)}
        />
      ) : null}
      {deed === 'add' ? <AddPasskey onClose={done} onAdded={changed} /> : null}
      {typeof deed === 'object' && deed?.kind === 'rename' ? (
        <RenamePasskey passkey={deed.passkey} onClose={done} onRenamed={changed} />
      ) : null}
      {typeof deed === 'object' && deed?.kind === 'remove' ? (
        <ConfirmDialog
          open
          onOpenChange={(open) => !open && done()}
          title={`Remove ${deed.passkey.name}?`}
          effects={[
            'It signs no approval and confirms nothing any more',
            'What it signed before goes on to verify',
          ]}
          confirmLabel="Remove"
          tone="danger"
          onConfirm={() => remove.mutateAsync(deed.passkey)}
        />
      ) : null}
    </Panel>
  );
}

const whys: Record<Proven, string> = {
  add: 'To add a passkey',
  on: 'To ask for a passkey from the next sign-in on',
  off: 'To ask for no passkey any more',
};

function whyNoMore({ can, party }: PasskeyList): string | null {
  if (!can.register.allowed) return can.register.reason ?? 'You may not do this.';
  return whyNotHere(party);
}

/** Passkeys belong to one address; whoever opened another one is led there. */
function Elsewhere({ party }: { party: PasskeyList['party'] }) {
  const why = whyNotHere(party);
  if (why === null) return null;
  const there = party.origin === null ? null : `${party.origin}/settings?tab=security`;
  return (
    <div className="px-3.5 pt-3">
      <Notice
        tone="hold"
        action={
          there === null ? null : (
            <a className="text-accent underline" href={there}>
              Open it there
            </a>
          )
        }
      >
        {why}
      </Notice>
    </div>
  );
}

interface RowProps {
  passkey: PasskeyView;
  onDeed: (kind: 'rename' | 'remove') => void;
}

function Row({ passkey, onDeed }: RowProps) {
  const { rename, remove } = passkey.can;
  const why = (can: typeof rename) => (can.allowed ? null : can.reason);
  return (
    <li className="flex items-start gap-3 border-t border-line px-3.5 py-2.5 first:border-t-0">
      <KeyRound aria-hidden className="mt-0.5 size-4 shrink-0 text-text-3" strokeWidth={1.5} />
      <div className="min-w-0 flex-1">
        <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <span className="font-medium [overflow-wrap:anywhere]">{passkey.name}</span>
          <Badge outline>{passkey.backedUp ? 'synced' : 'on one device'}</Badge>
        </div>
        <div className="note">
          Added <TimeAgo at={passkey.createdAt} />, last used{' '}
          <TimeAgo at={passkey.lastUsedAt} empty="never" />
        </div>
      </div>
      <Menu
        trigger={<IconButton label={`Actions for ${passkey.name}`} icon={Ellipsis} />}
        items={[
          { label: 'Rename…', onSelect: () => onDeed('rename'), disabledReason: why(rename) },
          'separator',
          {
            label: 'Remove…',
            onSelect: () => onDeed('remove'),
            disabledReason: why(remove),
            tone: 'deny',
          },
        ]}
      />
    </li>
  );
}
