import { api, get, patch, post } from '@/lib/http/api';
import { listDue } from './due/list';
import { finishRotation } from './service/end';
import { getSecret, listSecrets, listSecretVersions } from './service/read';
import { rotateCredential } from './service/rotate-credential';
import { rotateSecret } from './service/rotate-secret';
import { collectSuccessor, getRotation, listRotations } from './service/rotations';
import { createSecret, revokeSecret, updateSecret } from './service/secrets';

export const secretsApi = api('secrets', [
  get('/api/secrets', listSecrets, { summary: 'Secrets, newest first; never a value' }),
  post('/api/secrets', createSecret, {
    summary: 'Keep a secret; a generated value is shown in this answer only',
    status: 201,
  }),
  get('/api/secrets/{id}', getSecret, { summary: 'One secret' }),
  patch('/api/secrets/{id}', updateSecret, {
    summary: 'Change how a secret is described or renewed',
  }),
  get('/api/secrets/{id}/versions', listSecretVersions, {
    summary: 'Its versions, without values',
  }),
  post('/api/secrets/{id}/rotate', rotateSecret, { summary: 'Begin a rotation', status: 202 }),
  post('/api/secrets/{id}/revoke', revokeSecret, {
    summary: 'Revoke a secret and erase its values; ends a rotation of it',
  }),
]);

/** Served beside the identity room's own routes of /api/credentials. */
export const credentialRotationApi = api('credentials', [
  post('/api/credentials/{id}/rotate', rotateCredential, {
    summary: 'Make a successor; its private part is shown once',
    status: 201,
  }),
]);

export const rotationsApi = api('rotations', [
  get('/api/rotations', listRotations, { summary: 'Rotations, latest first, step by step' }),
  get('/api/rotations/due', listDue, {
    summary: 'Secrets and credentials in use by age against policy, the most urgent first',
  }),
  get('/api/rotations/{id}', getRotation, { summary: 'One rotation' }),
  post('/api/rotations/{id}/finish', finishRotation, {
    summary: 'End one by hand whose new value is in use; says what to withdraw upstream',
  }),
  post('/api/rotations/{id}/collect', collectSuccessor, {
    summary: 'Show once the credential that the schedule made',
  }),
]);
