'use client';

import { KeyRound } from 'lucide-react';
import { signIn } from 'next-auth/react';
import { useState } from 'react';
import { AuthCard } from '@/components/layout';
import { Button, Field, Form, FormError, Input } from '@/components/ui';
import { safeNext, signInByPassword, signInMessage } from './browser-sign-in';

export interface SignInFormProps {
  /** Where to go afterwards. */
  next?: string | undefined;
  /** Why an earlier attempt came back here. */
  error?: string | undefined;
  /** The name of single sign-on where it is configured. */
  singleSignOn: string | null;
}

export function SignInForm({ next, error, singleSignOn }: SignInFormProps) {
  const [form, setForm] = useState({ email: '', password: '', code: '' });
  const [needsCode, setNeedsCode] = useState(false);
  const [busy, setBusy] = useState<'password' | 'oidc' | null>(null);
  const [problem, setProblem] = useState<string | null>(error ?? null);
  const target = safeNext(next);
  const name = singleSignOn ?? 'Single sign-on';

  const submit = async () => {
    setBusy('password');
    setProblem(null);
    const code = await signInByPassword(form.email, form.password, form.code).catch(
      () => 'offline',
    );
    if (code === null) {
      // A whole load, so that nothing of an earlier session stays in memory.
      window.location.assign(target);
      return;
    }
    setBusy(null);
    if (code === 'code_needed') setNeedsCode(true);
    else setProblem(code);
    if (code === 'code_wrong') setForm({ ...form, code: '' });
  };
  // Two fields can change in one turn: a browser fills both, or they were typed before React was there.
  const set =
    (field: keyof typeof form) =>
    ({ target: { value } }: { target: { value: string } }) =>
      setForm((before) => ({ ...before, [field]: value }));

  return (
    <AuthCard title={needsCode ? 'Second factor' : 'Sign in'}>
      <FormError error={problem === null ? null : signInMessage(problem, name)} />
      <Form onSubmit={() => void submit()}>
        {needsCode ? (
          <Field label="Code" hint="The six digits that your authenticator app shows now." required>
            <Input
              value={form.code}
              onChange={set('code')}
              inputMode="numeric"
              autoComplete="one-time-code"
              maxLength={7}
              ref={(input) => input?.focus()}
            />
          </Field>
        ) : (
          <>
            <Field label="Email">
              <Input
                type="email"
                value={form.email}
                onChange={set('email')}
                autoComplete="username"
              />
            </Field>
            <Field label="Password">
              <Input
                type="password"
                value={form.password}
                onChange={set('password')}
                autoComplete="current-password"
              />
            </Field>
          </>
        )}
        <Button type="submit" variant="primary" loading={busy === 'password'}>
          Sign in
        </Button>
        {needsCode ? (
          <Button
            variant="ghost"
            onClick={() => {
              setNeedsCode(false);
              setForm({ ...form, password: '', code: '' });
            }}
          >
            Back
          </Button>
        ) : null}
      </Form>
      {singleSignOn !== null && !needsCode ? (
        <Button
          icon={KeyRound}
          loading={busy === 'oidc'}
          onClick={() => {
            setBusy('oidc');
            void signIn('oidc', { callbackUrl: target });
          }}
        >
          {`Continue with ${singleSignOn}`}
        </Button>
      ) : null}
    </AuthCard>
  );
}
