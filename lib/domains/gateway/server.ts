/** The gateway room: what servers and workers use. Loads neither Cedar nor the HTTP routes. */
export { sentenceOf } from './held';
export { actionDigest, type DigestInput, displayDigest } from './digest';
export { type Read, readAgain } from './reread';
export { closeGatewayJobs, executeApproved, gatewayJobs } from './jobs';
export { type Again, holdAgain, type Wanted } from './planted/job';
export { digestWith, signedNow } from './signed/intact';
export { type Bound, narrow, narrowableIn } from './signed/narrow';
export { quorumOf, type Signature } from './signed/quorum';
export { explainApi } from './explain/api';
export { proofApi } from './proof/api';
export { simulationApi } from './replay/api';
export { closeReplays, replayed } from './replay/job';
export { startReplay } from './replay/service';
export { startGateway, type RunningGateway } from './start';
