export {
  approvalGrantsApi,
  approvalRoutesApi,
  approvalsApi,
  approverGroupsApi,
  approverHealthApi,
  delegationsApi,
} from './api';
export { approvalsJobs } from './jobs';
export { approveAction, breakGlassOn, rejectAction } from './service/decide';
export { countApprovals, getApproval, listApprovals } from './service/read';
