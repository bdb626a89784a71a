import { Problem } from '@/lib/kernel/problem';
import { parse } from '@/lib/kernel/verb';
import { SignInError, type SignInFailure, tooMany } from '../errors';
import { noPasskeyToAskFor } from '../passkeys/errors';
import { signInOfferInput } from '../passkeys/schema';
import { offerPasskey, type Origin } from './sign-in';

/** `offerPasskey` as an answer to a request: with problems for what a sign-in is refused by. */
export async function offerPasskeySignIn(raw: unknown, origin: Origin) {
  const input = parse(signInOfferInput, raw);
  try {
    return await offerPasskey({ ...input, ...origin });
  } catch (error) {
    if (error instanceof SignInError) throw problemOf(error.failure);
    throw error;
  }
}

function problemOf(failure: SignInFailure): Problem {
  if (failure.code === 'too_many') return tooMany(failure.seconds);
  // Only whoever has given the right password hears of it.
  if (failure.code === 'passkey_wrong') return noPasskeyToAskFor();
  return new Problem({
    status: 401,
    code: 'wrong',
    title: 'Not signed in',
    detail: 'The email or the password is not right.',
  });
}
