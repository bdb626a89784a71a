'use client';

import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Button, Field, fieldErrors, Form, FormError, Input, Panel, toast } from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { workspacePaths } from '../../queries';
import type { Me } from '../../schema';
import { PasskeysPanel } from '../passkeys/passkeys-panel';
import { SecondFactor } from './second-factor';

export function SecurityTab({ me }: { me: Me }) {
  return (
    <div className="grid max-w-2xl gap-3.5">
      <SecondFactor me={me} />
      <PasskeysPanel me={me} />
      {me.member.hasPassword ? <ChangePassword /> : null}
    </div>
  );
}

function ChangePassword() {
  const nothing = { current: '', password: '' };
  const [form, setForm] = useState(nothing);
  const change = useMutation({
    mutationFn: () => api.post(workspacePaths.password, form),
    onSuccess: () => {
      setForm(nothing);
      toast.good('Password changed', 'Your other sessions have ended.');
    },
  });
  const errors = fieldErrors(change.error);
  return (
    <Panel title="Password" note="Changing it ends your other sessions">
      <Form onSubmit={() => change.mutate()}>
        <FormError error={change.error} />
        <Field label="Current password" error={errors['current']}>
          <Input
            type="password"
            autoComplete="current-password"
            value={form.current}
            onChange={(event) => setForm({ ...form, current: event.target.value })}
          />
        </Field>
        <Field
          label="New password"
          hint="At least 12 characters; a few words are best."
          error={errors['password']}
        >
          <Input
            type="password"
            autoComplete="new-password"
            value={form.password}
            onChange={(event) => setForm({ ...form, password: event.target.value })}
          />
        </Field>
        <div>
          <Button type="submit" loading={change.isPending}>
            Change password
          </Button>
        </div>
      </Form>
    </Panel>
  );
}
