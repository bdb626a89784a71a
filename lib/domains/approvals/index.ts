/** Approvals for the browser: the queue, the card, and the parts reviews show too. */
export {
  type ApprovalFilters,
  approvalCountQuery,
  approvalKeys,
  approvalPaths,
  approvalQuery,
  approvalsQuery,
} from './queries';
export { type Approval } from './schema';
export { ApproversPage } from './health/approvers-page';
export { LoadPage } from './health/load-page';
export { GrantsPage } from './grants/grants-page';
export { ApprovalPage } from './ui/approval-page';
export { ApprovalsPage } from './ui/approvals-page';
export { AsRecorded } from './ui/as-recorded';
export { type EvidenceItem, EvidenceList, UntrustedTexts } from './ui/evidence';
export { Parameters } from './ui/facts';
export { NotShown } from './ui/not-shown';
export { Outcome } from './ui/outcome';
export { RoutingPage } from './ui/routing/routing-page';
export { amountWords } from './ui/words';
