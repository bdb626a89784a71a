export { trailApi } from './api';
export { startDelivery } from './delivery/engine';
export { trailJobs } from './jobs';
export { maySearch } from './policy';
export { drainOutbox, runSequencer } from './sequencer/run';
export { trailRoutes } from './tiles/routes';
export { latestCheckpoint } from './service/proof';
export { searchEvents } from './service/search';
export { verifyNow, verifyTrail } from './verification/service';
