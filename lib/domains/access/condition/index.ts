export {
  Attribute,
  type AttributeType,
  Clause,
  Condition,
  isOther,
  type Literal,
  type SimpleClause,
  type Time,
  weekdays,
} from './schema';
export { parameterType, resolveTypes, type Types } from './types';
export { clauseWords, conditionWords } from './words';
