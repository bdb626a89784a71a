'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import Image from 'next/image';
import { useState } from 'react';
import {
  Badge,
  Button,
  CodeBlock,
  Field,
  fieldErrors,
  Form,
  FormError,
  Input,
  Panel,
  toast,
} from '@/components/ui';
import { useHydrated } from '@/components/hooks';
import { api, ApiProblem } from '@/lib/http/fetcher';
import { workspaceKeys, workspacePaths } from '../../queries';
import type { Me } from '../../schema';
import { StepUpDialog } from '../passkeys/step-up-dialog';
import { fieldsOf } from './fields-of';

interface Offer {
  secret: string;
  svg: string;
}

/** Turning the codes of the member's own app on, by a QR code and a first code, and off. */
export function AuthenticatorApp({ me }: { me: Me }) {
  const on = me.member.codes;
  const [offer, setOffer] = useState<Offer | null>(null);
  return (
    <Panel
      title="Authenticator app"
      note="A second factor: its code is asked for after the password"
      actions={<Badge tone={on ? 'allow' : 'neutral'}>{on ? 'On' : 'Off'}</Badge>}
    >
      {on ? (
        <CodeForm
          path={workspacePaths.disableSecondFactor}
          label="Turn off"
          done="Codes are off"
          hint="To turn it off, enter the code that your app shows now."
          onDone={() => setOffer(null)}
        />
      ) : offer ? (
        <div className="grid gap-4">
          <div className="flex flex-wrap items-start gap-4">
            <Image
              unoptimized
              width={176}
              height={176}
              alt="QR code for your authenticator app"
              className="size-44 rounded-md border border-line bg-white"
              src={`data:image/svg+xml,${encodeURIComponent(offer.svg)}`}
            />
            <div className="grid min-w-0 flex-1 gap-2">
              <p>Scan it with your authenticator app, or type this key in:</p>
              <CodeBlock code={offer.secret} label="Key" wrap />
            </div>
          </div>
          <CodeForm
            path={workspacePaths.confirmSecondFactor}
            label="Turn on"
            done="Codes are on"
            hint="Then enter the code that the app shows."
            onDone={() => setOffer(null)}
          />
        </div>
      ) : (
        <Begin me={me} onOffer={setOffer} />
      )}
    </Panel>
  );
}

function Begin({ me, onOffer }: { me: Me; onOffer: (offer: Offer) => void }) {
  const { hasPassword } = me.member;
  const hydrated = useHydrated();
  /** What waits while a member who is asked for a passkey proves who they are. */
  const [waiting, setWaiting] = useState<object | null>(null);
  const begin = useMutation({
    mutationFn: (fields: object) => api.post<Offer>(workspacePaths.secondFactor, fields),
    onSuccess: onOffer,
    onError: (error, fields) => {
      if (error instanceof ApiProblem && error.code === 'step_up_needed') setWaiting(fields);
    },
  });
  // Read from the fields themselves: a browser fills them in before React is there to hear of it.
  return (
    <>
      <Form onSubmit={(event) => begin.mutate(fieldsOf(event.currentTarget))}>
        <FormError error={waiting === null ? begin.error : null} />
        {hasPassword ? (
          <Field label="Your password" error={fieldErrors(begin.error)['password']}>
            <Input name="password" type="password" autoComplete="current-password" />
          </Field>
        ) : null}
        <div>
          <Button
            type="submit"
            variant="primary"
            loading={begin.isPending}
            // Before the page has taken over, a click would load it again, empty.
            disabled={!hydrated}
          >
            Set up
          </Button>
        </div>
      </Form>
      {waiting === null ? null : (
        <StepUpDialog
          open
          onOpenChange={(open) => !open && setWaiting(null)}
          why="To have codes beside your passkey"
          onDone={() => begin.mutate(waiting)}
        />
      )}
    </>
  );
}

interface CodeFormProps {
  path: string;
  label: string;
  done: string;
  hint: string;
  onDone: () => void;
}

function CodeForm({ path, label, done, hint, onDone }: CodeFormProps) {
  const client = useQueryClient();
  const hydrated = useHydrated();
  const send = useMutation({
    mutationFn: (fields: object) => api.post(path, fields),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: workspaceKeys.me });
      toast.good(done);
      onDone();
    },
  });
  return (
    <Form onSubmit={(event) => send.mutate(fieldsOf(event.currentTarget))}>
      <FormError error={send.error} />
      <Field label="Code" hint={hint} error={fieldErrors(send.error)['code']}>
        <Input name="code" inputMode="numeric" autoComplete="one-time-code" maxLength={7} />
      </Field>
      <div>
        <Button type="submit" loading={send.isPending} disabled={!hydrated}>
          {label}
        </Button>
      </div>
    </Form>
  );
}
