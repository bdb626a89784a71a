'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import {
  Button,
  Dialog,
  Field,
  fieldErrors,
  Form,
  FormError,
  Input,
  SecretOnce,
} from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { workspacePaths } from '../../queries';
import type { InvitationView, MemberRole } from '../../schema';
import { RoleChoice } from './role-choice';

interface Props {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

export function InviteDialog({ open, onOpenChange }: Props) {
  return open ? <Invite onClose={() => onOpenChange(false)} /> : null;
}

function Invite({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const [form, setForm] = useState({ name: '', email: '' });
  const [roles, setRoles] = useState<MemberRole[]>(['approver']);
  const invite = useMutation({
    mutationFn: () =>
      api.post<InvitationView & { link: string }>(workspacePaths.invitations, {
        ...form,
        roles,
      }),
    // Not waited for: what is made is shown at once.
    onSuccess: () => void client.invalidateQueries({ queryKey: ['members', 'invitations'] }),
  });
  const errors = fieldErrors(invite.error);
  if (invite.data) {
    return (
      <SecretOnce
        title={`Invitation for ${invite.data.email}`}
        description={
          invite.data.state === 'unconfirmed'
            ? 'Send them this link. Once another admin has confirmed the invitation it works, once, within 7 days.'
            : 'Send them this link. It works once, within 7 days.'
        }
        label="Invitation link"
        secret={invite.data.link}
        warning="Whoever opens it first becomes this member. It is not shown again."
        onDone={onClose}
      />
    );
  }
  return (
    <Dialog
      open
      // Closed while it is made, its link would be lost.
      onOpenChange={(open) => !open && !invite.isPending && onClose()}
      title="Invite a member"
      footer={
        <>
          <Button onClick={onClose} disabledReason={invite.isPending && 'It is being created.'}>
            Cancel
          </Button>
          <Button variant="primary" type="submit" form="invite" loading={invite.isPending}>
            Create invitation
          </Button>
        </>
      }
    >
      <Form id="invite" onSubmit={() => invite.mutate()}>
        <FormError error={invite.error} />
        <Field label="Name" error={errors['name']} required>
          <Input
            value={form.name}
            onChange={(event) => setForm({ ...form, name: event.target.value })}
          />
        </Field>
        <Field label="Email" error={errors['email']} required>
          <Input
            type="email"
            value={form.email}
            onChange={(event) => setForm({ ...form, email: event.target.value })}
          />
        </Field>
        <RoleChoice value={roles} onChange={setRoles} error={errors['roles']} />
      </Form>
    </Dialog>
  );
}
