export {
  checkHistoryQuery,
  type ChecksAnswer,
  checksQuery,
  complianceKeys,
  compliancePaths,
} from './queries';
export { type CheckResult, type CheckView } from './schema';
export { CheckPage } from './ui/check-page';
export { CompliancePage } from './ui/compliance-page';
