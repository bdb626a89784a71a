import { conflict, forbidden, Problem } from '@/lib/kernel/problem';

/** The member has to prove again who they are; the console then asks for it. */
export function stepUpNeeded(): Problem {
  return forbidden(
    'Confirm that it is you first, with your password or a passkey.',
    'step_up_needed',
  );
}

/** Refusals of a signature are events, as every want of permission is. */
export function passkeyRefused(cause?: unknown): Problem {
  return new Problem({
    status: 403,
    code: 'passkey_refused',
    title: 'Passkey refused',
    detail: 'What the passkey answered is not valid for this. Try again.',
    cause,
  });
}

export function passkeyUnknown(): Problem {
  return forbidden(
    'This passkey is none of yours here. Use one that your settings list.',
    'passkey_unknown',
  );
}

export function passkeyCopied(): Problem {
  return forbidden(
    'This passkey has counted fewer signatures than before, so a copy of it may be in use. Remove it and register another.',
    'passkey_copied',
  );
}

export function challengeEnded(): Problem {
  return conflict('challenge_ended', 'This took too long, or was answered already. Begin again.');
}

export function passkeyTaken(): Problem {
  return conflict('passkey_taken', 'This passkey is registered already. Use another one.');
}

export function tooManyPasskeys(most: number): Problem {
  return conflict('too_many_passkeys', `You have ${most} passkeys. Remove one first.`);
}

export function codeNeeded(): Problem {
  return new Problem({
    status: 422,
    code: 'code_needed',
    title: 'Code needed',
    detail: 'Give the code of your second factor too.',
    errors: [{ field: 'code', message: 'is needed; your app shows it' }],
  });
}

/** For whoever is asked for a passkey beside the password, and has no codes. */
export function passkeyNeeded(): Problem {
  return conflict('passkey_needed', 'Your password alone does not prove it. Use a passkey.');
}

export function passkeyAskedFor(): Problem {
  return conflict(
    'passkey_asked_for',
    'You are asked for a passkey when you sign in, and this is your only one. Turn that off first.',
  );
}

export function askedAlready(on: boolean): Problem {
  return on
    ? conflict('already_on', 'You are asked for a passkey already.')
    : conflict('not_on', 'You are asked for no passkey as it is.');
}

export function noPasskeyToAskFor(): Problem {
  return conflict('no_passkey', 'You have no passkey here to be asked for. Add one first.');
}

export function noPassword(): Problem {
  return conflict(
    'no_password',
    'You have no password here. Use a passkey, or sign in again by single sign-on.',
  );
}
