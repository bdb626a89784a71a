export { approvalsApi } from './api';
export { approvalsJobs } from './jobs';
export { approveAction, rejectAction } from './service/decide';
export { countApprovals, getApproval, listApprovals } from './service/read';
