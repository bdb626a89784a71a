/** The gateway room: what the browser may use. */
export { ActionAnswer, ActionRequest, Display, Evidence, Reason, SessionRequest } from './schema';
export { groupsFor, type Quorum, type Signed } from './signed/quorum';
export {
  anyApprover,
  Fits,
  GroupId,
  MAX_WAIT_MINUTES,
  Need,
  Needs,
  SignedBy,
  Signing,
  signings,
} from './signed/schema';
export { type ActionStatus, actionStatuses, isFinal, mayMove, sourcesOf } from './state';
