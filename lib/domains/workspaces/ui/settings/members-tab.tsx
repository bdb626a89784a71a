'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import { Ban, Ellipsis, UserPlus } from 'lucide-react';
import { useState } from 'react';
import { type Column, DataTable, FilterBar, StatusPill } from '@/components/data';
import { useUrlState } from '@/components/hooks';
import { Badge, Button, EmptyState, IconButton, Menu, Panel, TimeAgo } from '@/components/ui';
import { membersQuery } from '../../queries';
import { type Me, memberRoles, type MemberView } from '../../schema';
import { Invitations } from './invitations';
import { InviteDialog } from './invite-dialog';
import { givenWords, type MemberDeed, MemberDialogs } from './member-dialogs';

const states = { disabled: { tone: 'neutral', icon: Ban } } as const;

function Roles({ roles, abilities, pending }: MemberView) {
  if (roles.length + abilities.length === 0 && !pending) {
    return <span className="text-text-3">none</span>;
  }
  return (
    <span className="flex flex-wrap gap-1">
      {roles.map((role) => (
        <Badge key={role} outline>
          {role}
        </Badge>
      ))}
      {abilities.includes('trail.payload') ? <Badge tone="hold">reads payloads</Badge> : null}
      {pending
        ? givenWords(pending).map((what) => (
            <Badge key={what} tone="hold">
              {what}: unconfirmed
            </Badge>
          ))
        : null}
    </span>
  );
}

export function MembersTab({ me }: { me: Me }) {
  const [filters] = useUrlState({ q: '', role: '', state: '' });
  const members = useInfiniteQuery(membersQuery(filters));
  const [deed, setDeed] = useState<{ kind: MemberDeed; member: MemberView } | null>(null);
  const [inviting, setInviting] = useState(false);
  const isAdmin = me.member.roles.includes('admin');
  const menuOf = (member: MemberView) => {
    const item = (kind: MemberDeed, label: string, ability: MemberView['can']['update']) => ({
      label,
      onSelect: () => setDeed({ kind, member }),
      disabledReason: ability.allowed ? null : ability.reason,
    });
    return [
      ...(member.pending
        ? [
            item('confirm', 'Confirm…', member.can.confirm),
            item('reject', 'Reject…', member.can.reject),
            'separator' as const,
          ]
        : []),
      item('edit', 'Edit…', member.can.update),
      item('reset', 'Reset second factor…', member.can.resetSecondFactor),
      'separator' as const,
      member.state === 'active'
        ? { ...item('disable', 'Disable…', member.can.disable), tone: 'deny' as const }
        : item('enable', 'Enable…', member.can.enable),
    ];
  };
  const columns: Column<MemberView>[] = [
    {
      id: 'name',
      header: 'Member',
      phone: 'title',
      width: '28%',
      fixed: true,
      cell: (member) => (
        <span className="grid">
          <span className="font-medium">
            {member.name}
            {member.id === me.member.id ? <span className="text-text-3"> you</span> : null}
          </span>
          <span className="note">{member.email}</span>
        </span>
      ),
    },
    {
      id: 'roles',
      header: 'Roles',
      width: '26%',
      cell: (member) => <Roles {...member} />,
    },
    {
      id: 'state',
      header: 'State',
      cell: (member) => <StatusPill value={member.state} map={states} />,
    },
    {
      id: 'factor',
      header: 'Second factor',
      cell: (member) => (member.secondFactor ? 'On' : <span className="text-text-3">None</span>),
    },
    {
      id: 'seen',
      header: 'Last sign-in',
      cell: (member) => <TimeAgo at={member.lastSignInAt} empty="never" />,
    },
    {
      id: 'menu',
      header: '',
      align: 'right',
      fixed: true,
      phone: 'aside',
      cell: (member) => (
        <Menu
          trigger={<IconButton label={`Actions for ${member.name}`} icon={Ellipsis} />}
          items={menuOf(member)}
        />
      ),
    },
  ];
  return (
    <div className="grid gap-3.5">
      <Panel
        title="Members"
        padded={false}
        actions={
          <Button
            variant="primary"
            size="sm"
            icon={UserPlus}
            onClick={() => setInviting(true)}
            disabledReason={isAdmin ? null : 'Only an admin invites members.'}
          >
            Invite
          </Button>
        }
      >
        <DataTable
          id="members"
          label="Members"
          columns={columns}
          rowKey={(member) => member.id}
          query={members}
          toolbar={
            <FilterBar
              search={{ placeholder: 'Name or email' }}
              filters={[
                {
                  param: 'role',
                  label: 'Role',
                  options: memberRoles.map((role) => ({ value: role, label: role })),
                },
                {
                  param: 'state',
                  label: 'State',
                  options: [
                    { value: 'active', label: 'active' },
                    { value: 'disabled', label: 'disabled' },
                  ],
                },
              ]}
            />
          }
          empty={
            <EmptyState title="No member matches">Clear the filters, or invite someone.</EmptyState>
          }
        />
      </Panel>
      {isAdmin ? (
        <Panel title="Invitations" padded={false}>
          <Invitations />
        </Panel>
      ) : null}
      <MemberDialogs deed={deed} onDone={() => setDeed(null)} />
      <InviteDialog open={inviting} onOpenChange={setInviting} />
    </div>
  );
}
