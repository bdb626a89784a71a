import { get, post } from '@/lib/http/api';
import { destroyKey, listKeys } from './service/keys';
import { getPayload, readPayload } from './service/read';

/** Protected payloads and their keys; served with the trail's own routes. */
export const payloadEndpoints = [
  get('/api/trail/events/{id}/payload', getPayload, {
    summary: 'What of an event is sealed, and whether it can still be read',
  }),
  post('/api/trail/events/{id}/payload', readPayload, {
    summary: "Read an event's protected payload, with a reason; the reading is an event",
  }),
  get('/api/trail/keys', listKeys, { summary: 'Payload keys by month and classification' }),
  post('/api/trail/keys/{id}/destroy', destroyKey, {
    summary: 'Destroy a payload key: what it sealed can never be read again',
  }),
];
