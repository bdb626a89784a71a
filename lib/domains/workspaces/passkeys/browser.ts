/** What a browser asks of a passkey. */
import {
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  startAuthentication,
  startRegistration,
} from '@simplewebauthn/browser';
import { approvalChallengeText } from '@/lib/kernel/approval-signature';
import { api } from '@/lib/http/fetcher';
import { passkeyPaths } from './queries';
import type { PasskeyView, SigningOptions } from './schema';

export type BrowserAssertion = Awaited<ReturnType<typeof startAuthentication>>;

/**
 * Asks the member to sign this action together with what they see of it. The answer goes into the
 * approval's `assertion`. Throws an Error whose message is for the person.
 */
export async function signApproval({
  digest,
  displayDigest,
  options,
}: {
  digest: string;
  displayDigest: string;
  options: SigningOptions;
}): Promise<BrowserAssertion> {
  const elsewhere = whyNotHere(options);
  if (elsewhere !== null) throw new Error(elsewhere);
  if (options.rpId === null || options.allowCredentials.length === 0) {
    throw new Error('You have no passkey yet. Register one in your settings first.');
  }
  const text = new TextEncoder().encode(approvalChallengeText(digest, displayDigest));
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', text));
  return asked(() =>
    startAuthentication({
      optionsJSON: {
        challenge: base64url(hash),
        rpId: options.rpId ?? '',
        timeout: options.timeout,
        userVerification: 'required',
        allowCredentials: options.allowCredentials.map(({ id, type, transports }) => ({
          ...{ id, type },
          transports: transports as AuthenticatorTransport[],
        })),
      },
    }),
  );
}

/** Makes a passkey and registers it; the session must be stepped up. */
export async function addPasskey(name: string): Promise<PasskeyView> {
  const optionsJSON = await api.post<PublicKeyCredentialCreationOptionsJSON>(passkeyPaths.options);
  const registration = await asked(() => startRegistration({ optionsJSON }));
  return api.post<PasskeyView>(passkeyPaths.passkeys, { name, registration });
}

interface SignInOffer {
  origin: string;
  options: PublicKeyCredentialRequestOptionsJSON;
}

/** What signing in by password takes beside it, of a passkey. Throws an Error whose message is for the person. */
export async function passkeyForSignIn(email: string, password: string): Promise<BrowserAssertion> {
  const offer = await api.post<SignInOffer>(passkeyPaths.signInOptions, { email, password });
  const elsewhere = whyNotHere({ origin: offer.origin, reason: null });
  if (elsewhere !== null) throw new Error(elsewhere);
  return asked(() => startAuthentication({ optionsJSON: offer.options }));
}

/** Steps the session up by a passkey of the member. */
export async function stepUpByPasskey(): Promise<void> {
  const optionsJSON = await api.post<PublicKeyCredentialRequestOptionsJSON>(
    passkeyPaths.stepUpOptions,
  );
  const assertion = await asked(() => startAuthentication({ optionsJSON }));
  await api.post(passkeyPaths.stepUp, { assertion });
}

/** Why passkeys do not work where this page is open, in words that name the address to use. */
export function whyNotHere(party: { origin: string | null; reason: string | null }): string | null {
  if (party.reason !== null) return party.reason;
  if (party.origin === null || party.origin === window.location.origin) return null;
  return `Passkeys work at ${party.origin} only, and this page is open at ${window.location.origin}. Open the console there.`;
}

const base64url = (bytes: Uint8Array) =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');

/** Browsers say little of what went wrong, on purpose; this says it for a person. */
async function asked<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new Error(wordsOf(error instanceof Error ? error.name : ''), { cause: error });
  }
}

function wordsOf(name: string): string {
  switch (name) {
    case 'InvalidStateError':
      return 'This device holds a passkey of yours already. Use another one.';
    case 'NotAllowedError':
    case 'AbortError':
      return 'No passkey answered: it was cancelled, or took too long. Try again.';
    default:
      return 'This browser or device did not use a passkey. Try another one.';
  }
}
