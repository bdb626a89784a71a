'use client';

import { useMutation } from '@tanstack/react-query';
import { useHydrated } from '@/components/hooks';
import { Button, Field, fieldErrors, Form, FormError, Input, Panel, toast } from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { workspacePaths } from '../../queries';
import type { Me } from '../../schema';
import { PasskeysPanel } from '../passkeys/passkeys-panel';
import { fieldsOf } from './fields-of';
import { AuthenticatorApp } from './authenticator-app';

export function SecurityTab({ me }: { me: Me }) {
  return (
    <div className="grid max-w-2xl gap-3.5">
      <AuthenticatorApp me={me} />
      <PasskeysPanel me={me} />
      {me.member.hasPassword ? <ChangePassword /> : null}
    </div>
  );
}

function ChangePassword() {
  const hydrated = useHydrated();
  // Read from the fields themselves: a browser fills them in before React is there to hear of it.
  const change = useMutation({
    mutationFn: (form: HTMLFormElement) => api.post(workspacePaths.password, fieldsOf(form)),
    onSuccess: (_, form) => {
      form.reset();
      toast.good('Password changed', 'Your other sessions have ended.');
    },
  });
  const errors = fieldErrors(change.error);
  return (
    <Panel title="Password" note="Changing it ends your other sessions">
      <Form onSubmit={(event) => change.mutate(event.currentTarget)}>
        <FormError error={change.error} />
        <Field label="Current password" error={errors['current']}>
          <Input name="current" type="password" autoComplete="current-password" />
        </Field>
        <Field
          label="New password"
          hint="At least 12 characters; a few words are best."
          error={errors['password']}
        >
          <Input name="password" type="password" autoComplete="new-password" />
        </Field>
        <div>
          <Button
            type="submit"
            loading={change.isPending}
            // Before the page has taken over, a click would load it again, empty.
            disabled={!hydrated}
          >
            Change password
          </Button>
        </div>
      </Form>
    </Panel>
  );
}
