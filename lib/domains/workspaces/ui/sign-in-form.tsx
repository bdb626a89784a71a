'use client';

import { KeyRound } from 'lucide-react';
import { signIn } from 'next-auth/react';
import { useState } from 'react';
import { useHydrated } from '@/components/hooks';
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

const focus = (input: HTMLInputElement | null) => input?.focus();

export function SignInForm({ next, error, singleSignOn }: SignInFormProps) {
  /** What the first step asked for, while the second one asks for a code. */
  const [first, setFirst] = useState({ email: '', password: '' });
  const [needsCode, setNeedsCode] = useState(false);
  const [busy, setBusy] = useState<'password' | 'oidc' | null>(null);
  const [problem, setProblem] = useState<string | null>(error ?? null);
  const hydrated = useHydrated();
  const target = safeNext(next);
  const name = singleSignOn ?? 'Single sign-on';

  // Read from the fields themselves: a browser fills them in before React is there to hear of it.
  const submit = async (form: HTMLFormElement) => {
    const fields = new FormData(form);
    const { email, password, code } = {
      code: '',
      ...first,
      ...(Object.fromEntries(fields) as Record<string, string>),
    };
    setBusy('password');
    setProblem(null);
    const answer = await signInByPassword(email, password, code).catch(() => 'offline');
    if (answer === null) {
      // A whole load, so that nothing of an earlier session stays in memory.
      window.location.assign(target);
      return;
    }
    setBusy(null);
    if (answer === 'code_needed') {
      setFirst({ email, password });
      setNeedsCode(true);
    } else setProblem(answer);
    if (answer === 'code_wrong') {
      form.reset();
      focus(form.querySelector('input'));
    }
  };

  return (
    <AuthCard title={needsCode ? 'Second factor' : 'Sign in'}>
      <FormError error={problem === null ? null : signInMessage(problem, name)} />
      <Form key={String(needsCode)} onSubmit={(event) => void submit(event.currentTarget)}>
        {needsCode ? (
          <Field label="Code" hint="The six digits that your authenticator app shows now." required>
            <Input
              name="code"
              inputMode="numeric"
              autoComplete="one-time-code"
              maxLength={7}
              ref={focus}
            />
          </Field>
        ) : (
          <>
            <Field label="Email">
              <Input name="email" type="email" defaultValue={first.email} autoComplete="username" />
            </Field>
            <Field label="Password">
              <Input name="password" type="password" autoComplete="current-password" />
            </Field>
          </>
        )}
        <Button
          type="submit"
          variant="primary"
          loading={busy === 'password'}
          // Before the page has taken over, a click would load it again, empty.
          disabled={!hydrated}
        >
          Sign in
        </Button>
        {needsCode ? (
          <Button
            variant="ghost"
            onClick={() => {
              setNeedsCode(false);
              setFirst({ ...first, password: '' });
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
