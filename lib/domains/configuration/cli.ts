/** The room's door for commands: it reaches no database, and of the environment its two variables. */
export { applyCommand, configurationUsage, exportCommand, planCommand } from './command/commands';
