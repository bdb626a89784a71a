import { anchorJobs } from './anchors/jobs';
import { deliveryJobs } from './delivery/jobs';
import { exportJobs } from './export/jobs';
import { payloadJobs } from './payload/jobs';
import { retentionJobs } from './retention/jobs';
import { verificationJobs } from './verification/jobs';

export const trailJobs = [
  ...deliveryJobs,
  ...exportJobs,
  ...payloadJobs,
  ...anchorJobs,
  ...retentionJobs,
  ...verificationJobs,
];
