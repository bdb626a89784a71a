'use client';

import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { AuthCard } from '@/components/layout';
import {
  Button,
  Combobox,
  Field,
  fieldErrors,
  Form,
  FormError,
  Input,
  LinkButton,
  SkeletonText,
} from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { workspacePaths } from '../queries';
import { signInByPassword } from './browser-sign-in';
import { useLinkToken } from './link-token';

export const timeZones = () =>
  ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')].map((zone) => ({
    value: zone,
    label: zone.replaceAll('_', ' '),
  }));

export function SetupForm() {
  const token = useLinkToken();
  const [form, setForm] = useState({ workspaceName: '', name: '', email: '', password: '' });
  const [timeZone, setTimeZone] = useState<string | null>(null);
  const here = timeZone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone;
  const setUp = useMutation({
    mutationFn: async () => {
      await api.post(workspacePaths.setup, { ...form, timeZone: here, token });
      await signInByPassword(form.email, form.password);
      window.location.assign('/');
    },
  });
  const set =
    (field: keyof typeof form) =>
    ({ target: { value } }: { target: { value: string } }) =>
      setForm((before) => ({ ...before, [field]: value }));
  const errors = fieldErrors(setUp.error);

  if (token === undefined) {
    return (
      <AuthCard title="Set up Countersign">
        <SkeletonText lines={4} />
      </AuthCard>
    );
  }
  if (token === null) {
    return (
      <AuthCard title="Set up Countersign">
        <p>
          Open the link that the terminal printed when Countersign started, or that{' '}
          <code>npm run new-workspace</code> prints. It makes a workspace with its first admin, and
          works once.
        </p>
        <LinkButton href="/sign-in">Sign in instead</LinkButton>
      </AuthCard>
    );
  }
  return (
    <AuthCard
      title="Set up Countersign"
      subtitle="Your workspace, and you as its first admin."
      wide
    >
      <FormError error={setUp.error} />
      <Form onSubmit={() => setUp.mutate()}>
        <Field label="Workspace name" error={errors['workspaceName']} required>
          <Input
            value={form.workspaceName}
            onChange={set('workspaceName')}
            autoComplete="organization"
            placeholder="Northwind Support"
          />
        </Field>
        <Field
          label="Time zone"
          hint="Daily samples and schedules follow it."
          error={errors['timeZone']}
        >
          <Combobox value={here} onValueChange={setTimeZone} options={timeZones()} />
        </Field>
        <Field label="Your name" error={errors['name']} required>
          <Input value={form.name} onChange={set('name')} autoComplete="name" />
        </Field>
        <Field label="Email" error={errors['email']} required>
          <Input type="email" value={form.email} onChange={set('email')} autoComplete="username" />
        </Field>
        <Field
          label="Password"
          hint="At least 12 characters; a few words are best."
          error={errors['password']}
          required
        >
          <Input
            type="password"
            value={form.password}
            onChange={set('password')}
            autoComplete="new-password"
          />
        </Field>
        <Button type="submit" variant="primary" loading={setUp.isPending || setUp.isSuccess}>
          Create workspace
        </Button>
      </Form>
    </AuthCard>
  );
}
