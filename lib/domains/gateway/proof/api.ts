import { api, post } from '@/lib/http/api';
import { cancelProof, startProof } from './service';

/** Under /api/policies: drafts proved for every request that there can be. */
export const proofApi = api('policies', [
  post('/api/policies/drafts/{id}/prove', startProof, {
    summary: 'Prove that a draft lets agents do nothing more, or find what it does',
    status: 202,
  }),
  post('/api/policies/drafts/{id}/cancel-proof', cancelProof, { summary: 'Stop proving a draft' }),
]);
