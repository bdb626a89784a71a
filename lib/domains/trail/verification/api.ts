import { get, post } from '@/lib/http/api';
import {
  cancelVerification,
  getVerification,
  getVerificationState,
  listVerifications,
  verifyNow,
} from './service';

export const verificationEndpoints = [
  post('/api/trail/verify', verifyNow, {
    summary: 'Recompute the log, all of it or what is new, and record the finding',
  }),
  get('/api/trail/verification', getVerificationState, {
    summary: 'What is being verified, and what was found last',
  }),
  get('/api/trail/verifications', listVerifications, { summary: 'Verifications, newest first' }),
  get('/api/trail/verifications/{id}', getVerification, { summary: 'One verification' }),
  post('/api/trail/verifications/{id}/cancel', cancelVerification, {
    summary: 'Cancel a verification that is under way',
  }),
];
