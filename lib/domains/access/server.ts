import { beforeCommit } from '@/lib/kernel/observe';
import { keepCedarValid } from './cedar-policies/apply';
import { versionDeed } from './policies/versions';

export {
  actionsOf,
  type Checked,
  checkWorkspace,
  conformRecord,
  type Declared,
  type DeclaredAction,
  type EntityType,
  Mismatch,
  parameterTypes,
  principalFits,
  readsOf,
  type Statement,
  type TypeJson,
} from './cedar-policies';
export { cedarPoliciesApi, cedarSchemaApi, entitiesApi } from './cedar-policies/api';
export { cedarSource } from './cedar-policies/repo';
export { CreateCedarPolicy, PutCedarSchema, PutEntity } from './cedar-policies/schema';
export { putEntity, removeEntity } from './cedar-policies/service/entities';
export { replaceCedar } from './cedar-policies/service/replace';
export {
  createCedarPolicy,
  listCedarPolicies,
  removeCedarPolicy,
} from './cedar-policies/service/policies';
export { putCedarSchema } from './cedar-policies/service/schema';
export { agentAccessApi, permissionsApi, rolesApi, whoMayApi } from './api';
export { advisorApi } from './advisor/api';
export { draftFinding, listFindings, startLook } from './advisor/service';
export { advisorJobs } from './advisor/jobs';
export { campaignsApi } from './campaigns/api';
export { campaignJobs } from './campaigns/jobs';
export { agentPermissions, agentRoles, grantRole, removeRole } from './service/agents';
export {
  createPermission,
  getPermission,
  listPermissions,
  removePermission,
  updatePermission,
} from './service/permissions';
export {
  createRole,
  getRole,
  listRoles,
  restoreRole,
  retireRole,
  updateRole,
} from './service/roles';
export { CreatePermission, CreateRole, Ladder, Limits, type Tier } from './schema';
export { classifyTier, floorIn } from './tier';
export {
  type Attribute,
  type AttributeType,
  Condition,
  conditionWords,
  isOther,
  resolveTypes,
  type SimpleClause,
  type Time,
  type Types,
  weekdays,
} from './condition';
export { scaled, scaledThreshold } from './scale';
export { policiesApi } from './policies/api';
export { type Change, diff, paired, permissionWords, permitWords } from './policies/diff';
export { PolicyDocument } from './policies/document';
export { keyOf, ordered, readDocument } from './policies/read';
export { draftForReplay, lastVersion, loadDraft, lockVersions } from './policies/repo';
export {
  type ChangeView,
  DraftRef,
  Proof,
  type ProofExample,
  type ProofFinding,
  type ProofResult,
  Replay,
  type ReplayResult,
  StartReplay,
} from './policies/schema';
export { createDraft, editDraft, getDraft, publishDraft } from './policies/service/drafts';
export { outcomeOf, viewProof, viewReplay } from './policies/view';
export { manageAccess, readAccess } from './policy';
export { zonesOf } from './text/condition';
export { permitTexts } from './text/permit';
export {
  type CedarAnswer,
  combine,
  type CompiledSet,
  compilePolicySet,
  type Constraint,
  EntityStore,
  EntityUid,
  InvalidJson,
  recordOf,
  scopeOf,
  uidOf,
} from './cedar';

// Whatever verb changes what decisions rest on, a version is kept of it.
beforeCommit(versionDeed);
beforeCommit(keepCedarValid);
