export { EntityStore } from './entities';
export { InvalidJson, recordOf, uidOf } from './json';
export {
  type CedarAnswer,
  type CedarRequest,
  combine,
  type CompiledSet,
  compilePolicySet,
} from './policy-set';
export { type Constraint, scopeOf } from './scope';
export { type CedarRecord, type CedarSet, EntityUid, type Value } from './values';
