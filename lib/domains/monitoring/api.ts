import { api, get } from '@/lib/http/api';
import { getOverview } from './service';

export const overviewApi = api('overview', [
  get('/api/overview', getOverview, { summary: 'The last 24 hours, and what waits now' }),
]);
