'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { KeyRound } from 'lucide-react';
import { signIn } from 'next-auth/react';
import { type ReactNode, useId, useState } from 'react';
import {
  Button,
  Dialog,
  Field,
  fieldErrors,
  Form,
  FormError,
  Input,
  QueryView,
} from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { stepUpByPasskey, whyNotHere } from '../../passkeys/browser';
import { passkeyPaths, passkeysQuery } from '../../passkeys/queries';
import { meQuery, workspaceKeys } from '../../queries';
import type { Me } from '../../schema';

export interface StepUpDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** What it is asked for: "To approve this action". */
  why: ReactNode;
  /** Called once it is proved; the dialog has closed by then. */
  onDone: () => void;
}

/** Asks the member to prove again who they are, by password and code or by a passkey. */
export function StepUpDialog({ open, ...rest }: StepUpDialogProps) {
  return open ? <StepUp {...rest} /> : null;
}

function StepUp({ onOpenChange, why, onDone }: Omit<StepUpDialogProps, 'open'>) {
  const me = useQuery(meQuery());
  const form = useId();
  return (
    <Dialog
      open
      onOpenChange={onOpenChange}
      size="sm"
      title="Confirm that it is you"
      description={<>{why}. It counts for 5 minutes in this browser.</>}
    >
      <QueryView query={me}>
        {(who) => (
          <Ways
            me={who}
            form={form}
            onDone={() => {
              onOpenChange(false);
              onDone();
            }}
          />
        )}
      </QueryView>
    </Dialog>
  );
}

interface WaysProps {
  me: Me;
  form: string;
  onDone: () => void;
}

function Ways({ me, form, onDone }: WaysProps) {
  const client = useQueryClient();
  const proven = async () => {
    await client.invalidateQueries({ queryKey: workspaceKeys.me });
    onDone();
  };
  const { hasPassword, passkeys, codes, passkeySignIn } = me.member;
  // Whoever is asked for a passkey beside the password proves nothing by the password alone.
  const byPassword = hasPassword && (codes || !passkeySignIn);
  return (
    <div className="grid gap-5">
      {byPassword ? <ByPassword form={form} withCode={codes} onDone={proven} /> : null}
      {passkeys > 0 ? <ByPasskey primary={!byPassword} onDone={proven} /> : null}
      {hasPassword ? null : <BySingleSignOn />}
    </div>
  );
}

interface ByPasswordProps {
  form: string;
  withCode: boolean;
  onDone: () => Promise<void>;
}

function ByPassword({ form, withCode, onDone }: ByPasswordProps) {
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const send = useMutation({
    mutationFn: () => api.post(passkeyPaths.stepUp, { password, ...(code === '' ? {} : { code }) }),
    onSuccess: onDone,
  });
  const errors = fieldErrors(send.error);
  return (
    <Form id={form} onSubmit={() => send.mutate()}>
      <FormError error={send.error} />
      <Field label="Your password" error={errors['password']}>
        <Input
          type="password"
          autoComplete="current-password"
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
      </Field>
      {withCode ? (
        <Field label="Code" hint="The six digits that your app shows now." error={errors['code']}>
          <Input
            inputMode="numeric"
            autoComplete="one-time-code"
            maxLength={7}
            value={code}
            onChange={(event) => setCode(event.target.value)}
          />
        </Field>
      ) : null}
      <Button
        type="submit"
        variant="primary"
        loading={send.isPending}
        disabledReason={password === '' ? 'Enter your password first.' : null}
      >
        Confirm
      </Button>
    </Form>
  );
}

function ByPasskey({ primary, onDone }: { primary: boolean; onDone: () => Promise<void> }) {
  const passkeys = useQuery(passkeysQuery());
  const sign = useMutation({ mutationFn: stepUpByPasskey, onSuccess: onDone });
  const elsewhere = passkeys.data ? whyNotHere(passkeys.data.party) : null;
  return (
    <div className="grid gap-2">
      <FormError error={sign.error} />
      <Button
        icon={KeyRound}
        variant={primary ? 'primary' : 'default'}
        loading={sign.isPending}
        disabledReason={elsewhere}
        onClick={() => sign.mutate()}
      >
        Use a passkey
      </Button>
      {elsewhere === null ? null : <p className="note">{elsewhere}</p>}
    </div>
  );
}

/** A sign-in that is at most five minutes old is itself the proof. */
function BySingleSignOn() {
  return (
    <div className="grid gap-2">
      <p className="note">You have no password here: sign in again, and come back to this page.</p>
      <Button
        onClick={() =>
          void signIn('oidc', { callbackUrl: window.location.href }, { prompt: 'login' })
        }
      >
        Sign in again
      </Button>
    </div>
  );
}
