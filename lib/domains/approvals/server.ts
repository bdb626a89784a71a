export { approvalsApi } from './api';
export { expireApprovals } from './jobs';
export { approveAction, rejectAction } from './service/decide';
export { countApprovals, getApproval, listApprovals } from './service/read';
