import { queryOptions } from '@tanstack/react-query';
import { api } from '@/lib/http/fetcher';
import type { PasskeyList, SigningOptions } from './schema';

export const passkeyPaths = {
  passkeys: '/api/passkeys',
  passkey: (id: string) => `/api/passkeys/${id}`,
  options: '/api/passkeys/options',
  signIn: '/api/passkeys/sign-in',
  signInOptions: '/api/sign-in/passkey-options',
  signingOptions: '/api/passkeys/signing-options',
  stepUp: '/api/step-up',
  stepUpOptions: '/api/step-up/options',
};

export const passkeyKeys = ['members', 'passkeys'] as const;

export const passkeysQuery = () =>
  queryOptions({
    queryKey: [...passkeyKeys, 'own'],
    queryFn: () => api.get<PasskeyList>(passkeyPaths.passkeys),
  });

/** For signApproval. */
export const signingOptionsQuery = () =>
  queryOptions({
    queryKey: [...passkeyKeys, 'signing'],
    queryFn: () => api.get<SigningOptions>(passkeyPaths.signingOptions),
  });
