import { irreversibleGated, unusedPermission } from './access';
import { clearanceRespected, credentialAge, sponsorPresent, uniqueIdentity } from './agents';
import type { Check } from './check';
import {
  approverSecondFactor,
  sampleReviewed,
  separationOfDuties,
  trailVerified,
} from './oversight';

/** Every check, in the order it is shown. */
export const checks: readonly Check[] = [
  sponsorPresent,
  uniqueIdentity,
  credentialAge,
  unusedPermission,
  clearanceRespected,
  irreversibleGated,
  separationOfDuties,
  sampleReviewed,
  trailVerified,
  approverSecondFactor,
];

export type { Check, CheckContext, Observation } from './check';
