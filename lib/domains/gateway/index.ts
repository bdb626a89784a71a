/** The gateway room: what the browser may use. */
export { ActionAnswer, ActionRequest, Display, Evidence, Reason, SessionRequest } from './schema';
export { type ActionStatus, actionStatuses, isFinal, mayMove, sourcesOf } from './state';
