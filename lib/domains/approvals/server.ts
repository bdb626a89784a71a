export {
  approvalGrantsApi,
  approvalRoutesApi,
  approvalsApi,
  approverGroupsApi,
  approverHealthApi,
  delegationsApi,
  plantedRequestsApi,
} from './api';
export { membersConcerned } from './concerned';
export { approvalsJobs } from './jobs';
export { createGroup, removeGroup, updateGroup } from './routing/groups';
export { listRoutes } from './routing/repo';
export { createRoute, removeRoute, updateRoute } from './routing/routes';
export { CreateGroup, CreateRoute } from './schema';
export { approveAction, breakGlassOn, rejectAction } from './service/decide';
export { countApprovals, getApproval, listApprovals } from './service/read';
