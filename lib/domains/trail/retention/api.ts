import { get, patch, post } from '@/lib/http/api';
import { liftHold, listHolds, placeHold } from './service/holds';
import { getRetention, updateRetention } from './service/settings';

export const retentionEndpoints = [
  get('/api/trail/retention', getRetention, {
    summary: 'How long events are kept, and what that will take',
  }),
  patch('/api/trail/retention', updateRetention, { summary: 'Set how long events are kept' }),
  get('/api/trail/holds', listHolds, { summary: 'Legal holds, active ones first' }),
  post('/api/trail/holds', placeHold, {
    summary: 'Place a legal hold: nothing that it covers is removed',
    status: 201,
  }),
  post('/api/trail/holds/{id}/lift', liftHold, { summary: 'Lift a legal hold, with a reason' }),
];
