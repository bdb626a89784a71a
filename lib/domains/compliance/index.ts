export { checkHistoryQuery, type ChecksAnswer, checksQuery, complianceKeys, compliancePaths } from './queries';
export { type CheckResult, type CheckView } from './schema';
