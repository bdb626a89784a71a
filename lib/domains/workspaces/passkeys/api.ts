import { api, del, get, patch, post } from '@/lib/http/api';
import { listPasskeys, removePasskey, renamePasskey } from './manage';
import { beginPasskey, registerPasskey } from './register';
import { getSigningOptions } from './sign';
import { setPasskeySignIn } from './sign-in';
import { beginStepUp, stepUp } from './step-up';

export const passkeysApi = api('passkeys', [
  get('/api/passkeys', listPasskeys, { summary: 'Your passkeys' }),
  post('/api/passkeys', registerPasskey, { summary: 'Register a passkey', status: 201 }),
  post('/api/passkeys/options', beginPasskey, {
    summary: 'Begin to register a passkey; the session must be stepped up',
  }),
  get('/api/passkeys/signing-options', getSigningOptions, {
    summary: 'Which of your passkeys may sign an approval',
  }),
  post('/api/passkeys/sign-in', setPasskeySignIn, {
    summary: 'Have a passkey asked for after your password, or no longer',
  }),
  patch('/api/passkeys/{id}', renamePasskey, { summary: 'Rename a passkey' }),
  del('/api/passkeys/{id}', removePasskey, { summary: 'Remove a passkey' }),
]);

export const stepUpApi = api('step-up', [
  post('/api/step-up', stepUp, {
    summary: 'Prove again who you are, by password and code or by passkey',
  }),
  post('/api/step-up/options', beginStepUp, { summary: 'Begin to do so by passkey' }),
]);
