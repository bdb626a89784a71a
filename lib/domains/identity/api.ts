import { api, get, post } from '@/lib/http/api';
import { createCredential } from './service/create';
import { credentialVersions, getCredential, listCredentials } from './service/read';
import { revokeCredential } from './service/revoke';

/** The vault adds rotation to these. */
export const credentialsApi = api('credentials', [
  get('/api/credentials', listCredentials, { summary: 'Credentials, newest first' }),
  post('/api/credentials', createCredential, {
    summary: 'Give an agent a key pair or a client secret; its private part is shown once',
    status: 201,
  }),
  get('/api/credentials/{id}', getCredential, { summary: 'One credential' }),
  get('/api/credentials/{id}/versions', credentialVersions, {
    summary: 'The chain of credentials it belongs to',
  }),
  post('/api/credentials/{id}/revoke', revokeCredential, { summary: 'Revoke a credential' }),
]);
