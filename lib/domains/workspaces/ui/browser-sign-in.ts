import { signIn } from 'next-auth/react';

/** Signs in by password; answers null, or the code of what is missing or wrong. */
export async function signInByPassword(
  email: string,
  password: string,
  code = '',
): Promise<string | null> {
  const answer = await signIn('password', { email, password, code, redirect: false });
  return answer?.error ?? null;
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
