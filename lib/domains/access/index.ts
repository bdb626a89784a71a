export * from './queries';
export * from './schema';
export { type Floor, ladderTier, tierFloor, type TierFloors } from './tier';
