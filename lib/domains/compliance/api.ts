import { api, get, post } from '@/lib/http/api';
import { checkHistory, listChecks, listRuns } from './service/read';
import { startRun } from './service/run';

export const complianceApi = api('compliance', [
  get('/api/compliance/checks', listChecks, { summary: 'Each check with its latest result' }),
  get('/api/compliance/checks/{key}', checkHistory, {
    summary: 'Results of one check, newest first',
  }),
  get('/api/compliance/runs', listRuns, { summary: 'Runs, newest first' }),
  post('/api/compliance/runs', startRun, { summary: 'Run every check now', status: 201 }),
]);
