/** What the gateway decides policies by hand with. */
export { conformRecord, Mismatch } from './conform';
export type { Declared, DeclaredAction, EntityType, TypeJson } from './declared';
export { readsOf } from './inputs';
export { actionsOf, principalFits } from './scope';
export { type Checked, checkWorkspace, parameterTypes, type Statement } from './workspace';
