import { get } from '@/lib/http/api';
import { countMatching, getFacets, getHistogram, listEvents } from './service';

export const searchEndpoints = [
  get('/api/trail/events', listEvents, { summary: 'Events that match, newest first' }),
  get('/api/trail/count', countMatching, {
    summary: 'How many events match; past 10,000 only where hourly counts know it',
  }),
  get('/api/trail/facets', getFacets, {
    summary: 'How often each value occurs among what matches',
  }),
  get('/api/trail/histogram', getHistogram, { summary: 'Events that match, over time' }),
];
