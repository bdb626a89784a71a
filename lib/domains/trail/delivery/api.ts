import { get, patch, post } from '@/lib/http/api';
import { createSink, updateSink } from './service/manage';
import { getSink, listFailures, listSinks } from './service/read';
import { pauseSink, resumeSink, retireSink, rotateSinkSecret } from './service/state';
import { testSink } from './service/try';

/** Continuous delivery of the trail; served with the trail's own routes. */
export const deliveryEndpoints = [
  get('/api/trail/sinks', listSinks, { summary: 'Where the trail is delivered to, newest first' }),
  post('/api/trail/sinks', createSink, {
    summary: "Add a sink; a webhook's signing secret is in this answer only",
    status: 201,
  }),
  get('/api/trail/sinks/{id}', getSink, { summary: 'One sink and how far it is behind' }),
  patch('/api/trail/sinks/{id}', updateSink, {
    summary: 'Change where a sink delivers to, or at which event it goes on',
  }),
  get('/api/trail/sinks/{id}/failures', listFailures, {
    summary: 'When it could not be delivered to, latest first',
  }),
  post('/api/trail/sinks/{id}/pause', pauseSink, { summary: 'Stop delivery; its position stays' }),
  post('/api/trail/sinks/{id}/resume', resumeSink, { summary: 'Go on where delivery stopped' }),
  post('/api/trail/sinks/{id}/test', testSink, {
    summary: 'Send one signed test event and say what was answered',
  }),
  post('/api/trail/sinks/{id}/rotate-secret', rotateSinkSecret, {
    summary: 'Make a new signing secret; for a day the old one signs as well',
  }),
  post('/api/trail/sinks/{id}/retire', retireSink, {
    summary: 'End delivery and erase the secrets',
  }),
];
