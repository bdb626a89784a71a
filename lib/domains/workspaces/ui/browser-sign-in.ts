import { signIn } from 'next-auth/react';
import type { SecondFactorNeeded } from '../errors';
import { passkeyForSignIn } from '../passkeys/browser';

/** Signs in by password; answers null, or the code of what is missing or wrong. */
export async function signInByPassword(
  email: string,
  password: string,
  more: { code?: string; assertion?: string } = {},
): Promise<string | null> {
  const answer = await signIn('password', { email, password, ...more, redirect: false });
  return answer?.error ?? null;
}

/** Signs in by password and passkey. Throws an Error whose message is for the person. */
export async function signInByPasskey(email: string, password: string): Promise<string | null> {
  const assertion = JSON.stringify(await passkeyForSignIn(email, password));
  return signInByPassword(email, password, { assertion });
}

/** What is asked for after the password, where an answer says so. */
export interface SecondStep {
  code: boolean;
  passkey: boolean;
}

export function secondStep(answer: string): SecondStep | undefined {
  switch (answer as SecondFactorNeeded) {
    case 'code_needed':
      return { code: true, passkey: false };
    case 'passkey_needed':
      return { code: false, passkey: true };
    case 'code_or_passkey_needed':
      return { code: true, passkey: true };
    default:
      return undefined;
  }
}

/** A path of this console, whatever an address claims to go on to. */
export function safeNext(next: string | null | undefined): string {
  return next && /^\/(?![/\\])/.test(next) ? next : '/';
}

/** What a sign-in's code means to the person, in a sentence that names the next step. */
export function signInMessage(code: string, singleSignOn = 'Single sign-on'): string {
  const seconds = Number(/^too_many\.(\d+)$/.exec(code)?.[1] ?? 0);
  if (seconds > 0) {
    const minutes = Math.max(1, Math.ceil(seconds / 60));
    return `Too many attempts. Wait ${minutes} min and try again.`;
  }
  switch (code) {
    case 'wrong':
    case 'CredentialsSignin':
      return 'The email or the password is not right.';
    case 'code_wrong':
      return 'The code is not right, or was used already. Wait for the next one.';
    case 'passkey_wrong':
      return 'The passkey was not accepted. Try again.';
    case 'no_member':
      return `${singleSignOn} knows you, but no active member here has your verified address. Ask an admin for an invitation.`;
    case 'AccessDenied':
    case 'OAuthCallback':
    case 'OAuthSignin':
    case 'Callback':
      return `${singleSignOn} did not sign you in. Try again, or use your password.`;
    case 'Configuration':
      return 'Signing in is not configured. Ask whoever runs this console to look at its log.';
    default:
      return 'Signing in did not work. Try again.';
  }
}
