export { complianceApi } from './api';
export { complianceJobs } from './jobs';
export { checkHistory, listChecks, listRuns } from './service/read';
export { startRun } from './service/run';
