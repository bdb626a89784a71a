/** The room's door for commands: it reaches no database and reads no environment. */
export { verifyCommand, verifyUsage } from './offline/command';
