export {
  Attribute,
  type AttributeType,
  Clause,
  Condition,
  isOther,
  type SimpleClause,
  simpleClauses,
  type Time,
  weekdays,
} from './schema';
export { parameterType, resolveTypes, type Types } from './types';
export { attributeWords, clauseWords, conditionWords } from './words';
