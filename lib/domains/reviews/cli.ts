/** The room's door for commands: it reaches no database and reads no environment. */
export { verifySampleCommand, verifySampleUsage } from './sampling/command';
