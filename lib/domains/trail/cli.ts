/** The room's door for commands: it reaches no database and reads no environment. */
export { claimedSize } from './offline/anchor';
export { verifiersOf } from './offline/chain';
export { readAnchor, reportOn, verifyCommand, verifyUsage } from './offline/command';
export type { EventLine } from './offline/line';
export { type Problem, type Report } from './offline/report';
export { chunksOf, LineSplitter, type Source } from './offline/source';
export { verifyExport, type VerifyOptions } from './offline/verify';
export { Frontier } from './merkle';
export { openCheckpoint } from './note';
