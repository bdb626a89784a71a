export { approvalsApi, approvalRoutesApi, approverGroupsApi, delegationsApi } from './api';
export { membersConcerned } from './concerned';
export { approvalsJobs } from './jobs';
export { approveAction, breakGlassOn, rejectAction } from './service/decide';
export { countApprovals, getApproval, listApprovals } from './service/read';
