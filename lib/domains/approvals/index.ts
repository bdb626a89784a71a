export { type ApprovalFilters, approvalCountQuery, approvalKeys, approvalPaths, approvalQuery, approvalsQuery } from './queries';
export { type Approval } from './schema';
