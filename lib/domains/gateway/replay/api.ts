import { api, post } from '@/lib/http/api';
import { cancelReplay, startReplay } from './service';

/** Under /api/policies: drafts tried on recorded actions. */
export const simulationApi = api('policies', [
  post('/api/policies/simulate', startReplay, {
    summary: 'Try a draft on recorded actions',
    status: 202,
  }),
  post('/api/policies/drafts/{id}/cancel-simulation', cancelReplay, {
    summary: 'Stop trying a draft',
  }),
]);
