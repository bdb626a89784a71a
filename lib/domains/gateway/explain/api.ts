import { api, get, post } from '@/lib/http/api';
import { askExplanation, getExplanation } from './service';

/** Under /api/policies: why something is decided as it is. */
export const explainApi = api('policies', [
  post('/api/policies/explain', askExplanation, {
    summary: 'Ask why an action was or would be decided as it is',
    status: 202,
  }),
  get('/api/policies/explanations/{id}', getExplanation, {
    summary: 'The explanation of a decision, once it is there',
  }),
]);
