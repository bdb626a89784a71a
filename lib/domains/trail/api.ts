import { api, get, post } from '@/lib/http/api';
import { anchorEndpoints } from './anchors/api';
import { deliveryEndpoints } from './delivery/api';
import { exportEndpoints } from './export/api';
import { payloadEndpoints } from './payload/api';
import {
  getCheckpoint,
  getConsistency,
  getProof,
  listSigningKeys,
  rollSigningKey,
} from './service/proof';
import { searchEndpoints } from './search/api';
import { getEvent, getStory } from './service/events';
import { retentionEndpoints } from './retention/api';
import { verificationEndpoints } from './verification/api';

export const trailApi = api('trail', [
  ...searchEndpoints,
  get('/api/trail/events/{id}', getEvent, { summary: 'One event with the text that is hashed' }),
  get('/api/trail/events/{id}/proof', getProof, { summary: 'That an event is in the log' }),
  get('/api/trail/actions/{action}', getStory, { summary: "One action's whole story, in order" }),
  get('/api/trail/checkpoint', getCheckpoint, { summary: 'The latest signed state of the log' }),
  get('/api/trail/consistency', getConsistency, {
    summary: 'That the log at one size extends what it was at an earlier one',
  }),
  get('/api/trail/signing-keys', listSigningKeys, {
    summary: "Every version of the log's key, each endorsed by the one before",
  }),
  post('/api/trail/signing-keys/roll', rollSigningKey, {
    summary: "Roll the log's key over to its next version",
  }),
  ...anchorEndpoints,
  ...deliveryEndpoints,
  ...exportEndpoints,
  ...payloadEndpoints,
  ...retentionEndpoints,
  ...verificationEndpoints,
]);
