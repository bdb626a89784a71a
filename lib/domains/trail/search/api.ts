import { del, get, post } from '@/lib/http/api';
import { createSearch, deleteSearch, listSearches } from './saved';
import { countMatching, getFacets, getHistogram, listEvents } from './service';
import { getSession } from './session';

export const searchEndpoints = [
  get('/api/trail/events', listEvents, { summary: 'Events that match, newest first' }),
  get('/api/trail/count', countMatching, {
    summary: 'How many events match; past 10,000 only where hourly counts know it',
  }),
  get('/api/trail/facets', getFacets, { summary: 'How often each value occurs in what matches' }),
  get('/api/trail/histogram', getHistogram, { summary: 'Events that match, over time' }),
  get('/api/trail/sessions/{session}', getSession, { summary: 'A session in order' }),
  get('/api/trail/searches', listSearches, { summary: 'Saved searches, own and shared' }),
  post('/api/trail/searches', createSearch, { summary: 'Keep a search', status: 201 }),
  del('/api/trail/searches/{id}', deleteSearch, { summary: 'Delete a saved search' }),
];
