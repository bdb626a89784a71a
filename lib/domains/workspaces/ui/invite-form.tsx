'use client';

import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { AuthCard } from '@/components/layout';
import {
  Button,
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
import type { InvitationOffer } from '../schema';
import { signInByPassword } from './browser-sign-in';
import { useLinkToken } from './link-token';

export function InviteForm() {
  const token = useLinkToken();
  const offer = useQuery({
    queryKey: ['invitation-offer', token],
    queryFn: () => api.post<InvitationOffer>(workspacePaths.invitationOffer, { token }),
    enabled: typeof token === 'string',
    staleTime: Infinity,
  });
  if (token === null || offer.error) {
    return (
      <AuthCard title="Join a workspace">
        <FormError error={offer.error} />
        {token === null ? <p>Open the whole invitation link that an admin sent you.</p> : null}
        <LinkButton href="/sign-in">Sign in instead</LinkButton>
      </AuthCard>
    );
  }
  if (!offer.data || token === undefined) {
    return (
      <AuthCard title="Join a workspace">
        <SkeletonText lines={4} />
      </AuthCard>
    );
  }
  return <Accept token={token} offer={offer.data} />;
}

function Accept({ token, offer }: { token: string; offer: InvitationOffer }) {
  const [name, setName] = useState(offer.name);
  const [password, setPassword] = useState('');
  const accept = useMutation({
    mutationFn: async () => {
      await api.post(workspacePaths.acceptInvitation, { token, name, password });
      await signInByPassword(offer.email, password);
      window.location.assign('/');
    },
  });
  const errors = fieldErrors(accept.error);
  return (
    <AuthCard title={`Join ${offer.workspace}`} subtitle={`As ${offer.roles.join(' and ')}`}>
      <FormError error={accept.error} />
      <Form onSubmit={() => accept.mutate()}>
        <Field label="Email">
          <Input value={offer.email} readOnly autoComplete="username" />
        </Field>
        <Field label="Your name" error={errors['name']} required>
          <Input
            value={name}
            onChange={(event) => setName(event.target.value)}
            autoComplete="name"
          />
        </Field>
        <Field
          label="Password"
          hint="At least 12 characters; a few words are best."
          error={errors['password']}
          required
        >
          <Input
            type="password"
            value={password}
            onChange={(event) => setPassword(event.target.value)}
            autoComplete="new-password"
          />
        </Field>
        <Button type="submit" variant="primary" loading={accept.isPending || accept.isSuccess}>
          Join
        </Button>
      </Form>
    </AuthCard>
  );
}
