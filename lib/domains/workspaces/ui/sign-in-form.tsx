'use client';

import { KeyRound } from 'lucide-react';
import { signIn } from 'next-auth/react';
import { useState } from 'react';
import { useHydrated } from '@/components/hooks';
import { AuthCard } from '@/components/layout';
import { Button, Field, Form, FormError, Input } from '@/components/ui';
import {
  safeNext,
  type SecondStep,
  secondStep,
  signInByPasskey,
  signInByPassword,
  signInMessage,
} from './browser-sign-in';

export interface SignInFormProps {
  /** Where to go afterwards. */
  next?: string | undefined;
  /** Why an earlier attempt came back here. */
  error?: string | undefined;
  /** The name of single sign-on where it is configured. */
  singleSignOn: string | null;
}

const focus = (element: HTMLElement | null) => element?.focus();

export function SignInForm({ next, error, singleSignOn }: SignInFormProps) {
  /** What the first step asked for, while the second one asks for more. */
  const [first, setFirst] = useState({ email: '', password: '' });
  const [second, setSecond] = useState<SecondStep | null>(null);
  const [busy, setBusy] = useState<'password' | 'passkey' | 'oidc' | null>(null);
  const [problem, setProblem] = useState<string | null>(
    error ? signInMessage(error, singleSignOn ?? undefined) : null,
  );
  const hydrated = useHydrated();
  const target = safeNext(next);
  const name = singleSignOn ?? 'Single sign-on';

  /** The answer, null when the page is about to go on; undefined where there was none. */
  const attempt = async (kind: 'password' | 'passkey', work: () => Promise<string | null>) => {
    setBusy(kind);
    setProblem(null);
    let answer: string | null;
    try {
      answer = await work();
    } catch (caught) {
      setBusy(null);
      setProblem(kind === 'passkey' ? (caught as Error).message : signInMessage('offline'));
      return undefined;
    }
    if (answer === null) {
      // A whole load, so that nothing of an earlier session stays in memory.
      window.location.assign(target);
      return null;
    }
    setBusy(null);
    if (secondStep(answer) === undefined) setProblem(signInMessage(answer, name));
    return answer;
  };

  // Read from the fields themselves: a browser fills them in before React is there to hear of it.
  const submit = async (form: HTMLFormElement) => {
    const fields = Object.fromEntries(new FormData(form)) as Record<string, string>;
    const { email, password, code } = { code: '', ...first, ...fields };
    const answer = await attempt('password', () => signInByPassword(email, password, { code }));
    const step = answer && secondStep(answer);
    if (step) {
      setFirst({ email, password });
      setSecond(step);
    }
    if (answer === 'code_wrong') {
      form.reset();
      focus(form.querySelector('input'));
    }
  };

  return (
    <AuthCard title={second ? 'Second factor' : 'Sign in'}>
      <FormError error={problem} />
      {second?.passkey ? (
        <Button
          icon={KeyRound}
          variant={second.code ? 'default' : 'primary'}
          loading={busy === 'passkey'}
          ref={second.code ? undefined : focus}
          onClick={() =>
            void attempt('passkey', () => signInByPasskey(first.email, first.password))
          }
        >
          Use a passkey
        </Button>
      ) : null}
      <Form key={String(second === null)} onSubmit={(event) => void submit(event.currentTarget)}>
        {second === null ? (
          <>
            <Field label="Email">
              <Input name="email" type="email" defaultValue={first.email} autoComplete="username" />
            </Field>
            <Field label="Password">
              <Input name="password" type="password" autoComplete="current-password" />
            </Field>
          </>
        ) : null}
        {second?.code ? (
          <Field label="Code" hint="The six digits that your authenticator app shows now." required>
            <Input
              name="code"
              inputMode="numeric"
              autoComplete="one-time-code"
              maxLength={7}
              ref={focus}
            />
          </Field>
        ) : null}
        {second === null || second.code ? (
          <Button
            type="submit"
            variant="primary"
            loading={busy === 'password'}
            // Before the page has taken over, a click would load it again, empty.
            disabled={!hydrated}
          >
            Sign in
          </Button>
        ) : null}
        {second ? (
          <Button
            variant="ghost"
            onClick={() => {
              setSecond(null);
              setProblem(null);
              setFirst({ ...first, password: '' });
            }}
          >
            Back
          </Button>
        ) : null}
      </Form>
      {singleSignOn !== null && second === null ? (
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
