'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import {
  Button,
  ConfirmDialog,
  Dialog,
  Field,
  fieldErrors,
  Form,
  FormError,
  Input,
  Switch,
  toast,
} from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { memberQuery, workspacePaths } from '../../queries';
import type { MemberAbility, MemberDetail, MemberRole, MemberView } from '../../schema';
import { RoleChoice } from './role-choice';

export type MemberDeed = 'edit' | 'confirm' | 'reject' | 'disable' | 'enable' | 'reset';

interface Props {
  deed: { kind: MemberDeed; member: MemberView } | null;
  onDone: () => void;
}

const count = (n: number | undefined, one: string) =>
  n === undefined ? `their ${one}s` : `${n} ${n === 1 ? one : `${one}s`}`;

type Pending = NonNullable<MemberView['pending']>;

/** What a member is to be given, in words. */
export function givenWords({ roles, abilities }: Pick<Pending, 'roles' | 'abilities'>): string[] {
  return [...roles, ...(abilities.includes('trail.payload') ? ['reads payloads'] : [])];
}

const gives = ({ roles, abilities }: Pending): string[] => [
  ...roles.map((role) => `Makes them ${role}`),
  ...(abilities.includes('trail.payload') ? ['Lets them read protected payloads'] : []),
];

const confirms = {
  disable: {
    verb: 'disable',
    title: 'Disable',
    done: 'is disabled',
    effects: (now: MemberDetail | undefined) => [
      `Ends ${count(now?.liveSessions, 'session')} and ${count(now?.liveTokens, 'access token')}`,
      'Keeps them out until an admin enables them',
    ],
  },
  enable: {
    verb: 'enable',
    title: 'Enable',
    done: 'is enabled',
    effects: () => [
      'Lets them sign in again, with the roles they had',
      'Where a second admin is asked for, one has to confirm again that they approve, administer or read payloads',
    ],
  },
  reset: {
    verb: 'reset-second-factor',
    title: 'Reset the second factor of',
    done: 'signs in without a second factor',
    effects: (now: MemberDetail | undefined) => [
      `Ends ${count(now?.liveSessions, 'session')}`,
      'Lets their password alone sign them in until they set up a new one',
    ],
  },
} as const;

export function MemberDialogs({ deed, onDone }: Props) {
  if (!deed) return null;
  const { kind, member } = deed;
  if (kind === 'edit') return <EditMember key={member.id} member={member} onDone={onDone} />;
  if (kind === 'confirm' || kind === 'reject') {
    return member.pending ? (
      <SettlePending kind={kind} member={member} pending={member.pending} onDone={onDone} />
    ) : null;
  }
  return <ConfirmDeed kind={kind} member={member} onDone={onDone} />;
}

interface SettleProps {
  kind: 'confirm' | 'reject';
  member: MemberView;
  pending: Pending;
  onDone: () => void;
}

/** The second admin's part: gives what another asked for, or drops it. */
function SettlePending({ kind, member, pending, onDone }: SettleProps) {
  const client = useQueryClient();
  const asker = useQuery(memberQuery(pending.by));
  const { by, ...seen } = pending;
  const confirming = kind === 'confirm';
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onDone()}
      title={`${confirming ? 'Confirm' : 'Reject'} what ${member.name} is to be given?`}
      description={`${member.email}, asked for by ${asker.data?.name ?? by}`}
      effects={
        confirming ? gives(pending) : [`They do not get it: ${givenWords(pending).join(', ')}`]
      }
      confirmLabel={confirming ? 'Confirm' : 'Reject'}
      tone={confirming ? 'primary' : 'danger'}
      onConfirm={async () => {
        await api.post(workspacePaths.memberVerb(member.id, kind), confirming ? seen : undefined);
        await client.invalidateQueries({ queryKey: ['members'] });
        toast.good(confirming ? `${member.name} is confirmed` : 'Rejected');
      }}
    />
  );
}

interface DeedProps {
  kind: keyof typeof confirms;
  member: MemberView;
  onDone: () => void;
}

function ConfirmDeed({ kind, member, onDone }: DeedProps) {
  const client = useQueryClient();
  const now = useQuery(memberQuery(member.id));
  const { verb, title, done, effects } = confirms[kind];
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onDone()}
      title={`${title} ${member.name}?`}
      description={member.email}
      effects={effects(now.data)}
      confirmLabel={kind === 'reset' ? 'Reset second factor' : title}
      tone={kind === 'enable' ? 'primary' : 'danger'}
      onConfirm={async () => {
        await api.post(workspacePaths.memberVerb(member.id, verb));
        await client.invalidateQueries({ queryKey: ['members'] });
        toast.good(`${member.name} ${done}`);
      }}
    />
  );
}

function EditMember({ member, onDone }: { member: MemberView; onDone: () => void }) {
  const client = useQueryClient();
  // As they were when this opened: somebody else may change them meanwhile.
  const [was] = useState(member);
  const [name, setName] = useState(member.name);
  const [roles, setRoles] = useState<MemberRole[]>(member.roles);
  const [abilities, setAbilities] = useState<MemberAbility[]>(member.abilities);
  const abilitiesChanged = abilities.join() !== was.abilities.join();
  const rolesChanged = [...roles].toSorted().join() !== [...was.roles].toSorted().join();
  const save = useMutation({
    mutationFn: () =>
      api.patch<MemberView>(workspacePaths.member(member.id), {
        ...(name === was.name ? {} : { name }),
        ...(rolesChanged ? { roles } : {}),
        ...(abilitiesChanged ? { abilities } : {}),
      }),
    onSuccess: async ({ pending }) => {
      await client.invalidateQueries({ queryKey: ['members'] });
      toast.good(
        pending
          ? `${name} saved; another admin has to confirm: ${givenWords(pending).join(', ')}`
          : `${name} saved`,
      );
      onDone();
    },
  });
  const errors = fieldErrors(save.error);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onDone()}
      title={`Edit ${member.name}`}
      description={member.email}
      footer={
        <>
          <Button onClick={onDone}>Cancel</Button>
          <Button
            variant="primary"
            type="submit"
            form="edit-member"
            loading={save.isPending}
            can={member.can.update}
          >
            Save
          </Button>
        </>
      }
    >
      <Form id="edit-member" onSubmit={() => save.mutate()}>
        <FormError error={save.error} />
        <Field label="Name" error={errors['name']}>
          <Input value={name} onChange={(event) => setName(event.target.value)} />
        </Field>
        <RoleChoice
          value={roles}
          onChange={setRoles}
          disabledReason={
            member.can.changeRoles.allowed ? undefined : member.can.changeRoles.reason
          }
          error={errors['roles']}
        />
        <Switch
          checked={abilities.includes('trail.payload')}
          onCheckedChange={(on) => setAbilities(on ? ['trail.payload'] : [])}
          label="May read protected payloads"
          hint="Opens Confidential and Restricted parameters and results in the trail. Each reading asks for a reason and is an event."
          disabledReason={
            member.can.changeAbilities.allowed ? undefined : member.can.changeAbilities.reason
          }
        />
      </Form>
    </Dialog>
  );
}
