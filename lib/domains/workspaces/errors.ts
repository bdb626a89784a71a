import { conflict, Problem } from '@/lib/kernel/problem';

export function emailTaken(): Problem {
  return conflict('email_taken', 'This email address is in use. Choose another.');
}

export function lastAdmin(): Problem {
  return conflict(
    'last_admin',
    'This is the last active admin. Make another member an admin first.',
  );
}

export function noWorkspace(id: string): Problem {
  return new Problem({
    status: 404,
    code: 'not_found',
    title: 'Not found',
    detail: `There is no workspace ${id || 'without an id'}. Its id (ws_…) is under Settings, Workspace.`,
  });
}

export function noMember(email: string): Problem {
  return new Problem({
    status: 404,
    code: 'not_found',
    title: 'Not found',
    detail: `No member has the address ${email || 'that was left out'}. Give the one that they sign in with.`,
  });
}

export function unconfirmed(): Problem {
  return conflict(
    'invitation_unconfirmed',
    'Another admin has to confirm this invitation first. Ask whoever sent you the link, and open it again then.',
  );
}

export function pendingChanged(): Problem {
  return conflict(
    'pending_changed',
    'What waits to be confirmed has changed meanwhile. Look at it again.',
  );
}

export function wrongPassword(field: string): Problem {
  return new Problem({
    status: 422,
    code: 'wrong_password',
    title: 'Wrong password',
    detail: 'The password is not right. Try again.',
    errors: [{ field, message: 'is not right' }],
  });
}

export function wrongCode(): Problem {
  return new Problem({
    status: 422,
    code: 'wrong_code',
    title: 'Wrong code',
    detail: 'The code is not right, or was used already. Wait for the next one.',
    errors: [{ field: 'code', message: 'is not right, or was used already; wait for the next' }],
  });
}

export function linkEnded(what: 'setup' | 'invitation'): Problem {
  return new Problem({
    status: 410,
    code: `${what}_link_ended`,
    title: 'This link no longer works',
    detail:
      what === 'setup'
        ? 'The setup link was used or has expired. Sign in, or have a new one printed with npm run new-workspace.'
        : 'The invitation was used, revoked or has expired. Ask an admin for a new one.',
  });
}

export function tooMany(seconds: number): Problem {
  return new Problem({
    status: 429,
    code: 'too_many_attempts',
    title: 'Too many attempts',
    detail: `Too many attempts. Wait ${Math.max(1, Math.ceil(seconds / 60))} min and try again.`,
    headers: { 'Retry-After': String(seconds) },
  });
}

/** What the right password is not enough without. */
export type SecondFactorNeeded = 'code_needed' | 'passkey_needed' | 'code_or_passkey_needed';

export type SignInFailure =
  | { code: 'wrong' }
  | { code: SecondFactorNeeded }
  | { code: 'code_wrong' }
  | { code: 'passkey_wrong' }
  | { code: 'no_member' }
  | { code: 'too_many'; seconds: number };

/** Why a sign-in failed. The message travels in next-auth's error parameter. */
export class SignInError extends Error {
  readonly failure: SignInFailure;

  constructor(failure: SignInFailure) {
    super(failure.code === 'too_many' ? `too_many.${failure.seconds}` : failure.code);
    this.name = 'SignInError';
    this.failure = failure;
  }
}
