'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Plus, Shield } from 'lucide-react';
import Link from 'next/link';
import { useId, useState } from 'react';
import { plural } from '@/components/format';
import {
  Button,
  Combobox,
  ConfirmDialog,
  Dialog,
  EmptyState,
  Field,
  Form,
  FormError,
  Panel,
  QueryView,
  SkeletonRows,
  TimeAgo,
  toast,
} from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import type { Page } from '@/lib/kernel/page-input';
import { accessKeys, accessPaths, agentRolesQuery } from '../queries';
import type { AgentRoles as AgentRolesShape, Role } from '../schema';

/** The roles an agent is in, and the way in and out. */
export function AgentRoles({ agent, name }: { agent: string; name: string }) {
  const client = useQueryClient();
  const query = useQuery(agentRolesQuery(agent));
  const [granting, setGranting] = useState(false);
  const [removing, setRemoving] = useState<AgentRolesShape['items'][number] | null>(null);
  const remove = useMutation({
    mutationFn: (role: string) => api.delete(accessPaths.agentRole(agent, role)),
    onSuccess: () => {
      toast.good('Role removed', `${name} is no longer in ${removing?.name ?? 'it'}.`);
      return client.invalidateQueries({ queryKey: accessKeys.all });
    },
  });
  const grant = query.data?.can.grant;
  const add = (
    <Button icon={Plus} can={grant} onClick={() => setGranting(true)}>
      Grant role
    </Button>
  );
  return (
    <Panel title="Roles" note="Where its permissions come from" actions={add} padded={false}>
      <QueryView query={query} skeleton={<SkeletonRows rows={3} />}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState compact icon={Shield} title="It is in no role" action={add}>
              Without a role it may do nothing.
            </EmptyState>
          ) : (
            <ul>
              {items.map((role) => (
                <li
                  key={role.id}
                  className="flex flex-wrap items-center gap-x-4 gap-y-1.5 border-b border-line px-3.5 py-2.5 last:border-b-0"
                >
                  <div className="min-w-0 flex-1 basis-60">
                    <Link
                      href={`/roles/${role.id}`}
                      className="inline-flex min-h-6 items-center font-medium hover:underline"
                    >
                      {role.name}
                    </Link>
                    <div className="note">{role.description}</div>
                  </div>
                  <span className="note">
                    granted <TimeAgo at={role.grantedAt} />
                  </span>
                  <Button
                    size="sm"
                    variant="danger"
                    can={role.can.remove}
                    aria-label={`Remove ${role.name}`}
                    onClick={() => setRemoving(role)}
                  >
                    Remove…
                  </Button>
                </li>
              ))}
            </ul>
          )
        }
      </QueryView>
      {granting ? (
        <GrantDialog
          agent={agent}
          name={name}
          has={query.data?.items.map((role) => role.id) ?? []}
          onClose={() => setGranting(false)}
        />
      ) : null}
      <ConfirmDialog
        open={removing !== null}
        onOpenChange={(open) => !open && setRemoving(null)}
        title={`Take ${name} out of ${removing?.name ?? 'the role'}`}
        effects={['takes away, at its next request, whatever only this role grants']}
        confirmLabel="Remove"
        onConfirm={() => removing && remove.mutateAsync(removing.id)}
      />
    </Panel>
  );
}

interface GrantDialogProps {
  agent: string;
  name: string;
  has: string[];
  onClose: () => void;
}

function GrantDialog({ agent, name, has, onClose }: GrantDialogProps) {
  const form = useId();
  const client = useQueryClient();
  const [role, setRole] = useState('');
  const roles = useQuery({
    queryKey: [...accessKeys.all, 'grantable'] as const,
    queryFn: () => api.get<Page<Role>>(accessPaths.roles, { state: 'active', limit: 200 }),
  });
  const grant = useMutation({
    mutationFn: () => api.post(accessPaths.agentRoles(agent), { roleId: role }),
    onSuccess: () => {
      toast.good('Role granted', `It holds from ${name}'s next request.`);
      onClose();
      return client.invalidateQueries({ queryKey: accessKeys.all });
    },
  });
  const chosen = roles.data?.items.find((each) => each.id === role);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      size="sm"
      title={`Grant a role to ${name}`}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            form={form}
            variant="primary"
            loading={grant.isPending}
            disabledReason={role ? null : 'Choose a role first.'}
          >
            Grant
          </Button>
        </>
      }
    >
      <Form id={form} onSubmit={() => role && grant.mutate()}>
        <FormError error={grant.error ?? roles.error} />
        <Field
          label="Role"
          required
          hint={
            chosen
              ? `${chosen.description} It has ${plural(chosen.permissions, 'permission')}.`
              : undefined
          }
        >
          {(field) => (
            <Combobox
              {...field}
              value={role}
              onValueChange={setRole}
              placeholder={roles.isPending ? 'Loading…' : 'Choose a role…'}
              emptyText="No other role. Make one under Roles."
              options={(roles.data?.items ?? [])
                .filter((each) => !has.includes(each.id))
                .map((each) => ({ value: each.id, label: each.name, hint: each.description }))}
            />
          )}
        </Field>
      </Form>
    </Dialog>
  );
}
