import { api, get, post } from '@/lib/http/api';
import {
  cancelLook,
  dismissFinding,
  draftFinding,
  getAdvisor,
  listFindings,
  restoreFinding,
  startLook,
} from './service';

/** Under /api/policies: what is granted and was not needed. */
export const advisorApi = api('policies', [
  get('/api/policies/advisor', getAdvisor, { summary: 'What the advisor has looked at' }),
  post('/api/policies/advisor/look', startLook, {
    summary: 'Look at recorded use again',
    status: 202,
  }),
  post('/api/policies/advisor/cancel', cancelLook, { summary: 'Stop looking' }),
  get('/api/policies/advisor/findings', listFindings, {
    summary: 'What is granted and was not needed, the most telling first',
  }),
  post('/api/policies/advisor/findings/{id}/draft', draftFinding, {
    summary: 'Put what a finding proposes into a draft',
  }),
  post('/api/policies/advisor/findings/{id}/dismiss', dismissFinding, {
    summary: 'Hide a finding until a day',
  }),
  post('/api/policies/advisor/findings/{id}/restore', restoreFinding, {
    summary: 'Show a dismissed finding again',
  }),
]);
