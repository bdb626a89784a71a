/** What `npm start` accepts. */
import { parseArgs } from 'node:util';
import { StartError } from './terminal';

export const usage = `npm start [-- options]

Builds what is missing, starts the embedded PostgreSQL (unless DATABASE_URL is set),
migrates, and starts console, gateway, jobs and sequencer. Ctrl-C stops all of it.

  --demo   add a sample workspace, an order service and agents at work
  --help   show this

Configuration is by environment or .env: see .env.example.`;

export type Options = { demo: boolean; help: boolean };

/** Parses the arguments; an unknown one throws with a sentence that says what there is. */
export function parseOptions(args: string[]): Options {
  try {
    const { values } = parseArgs({
      args,
      strict: true,
      options: {
        demo: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false, short: 'h' },
      },
    });
    return values;
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('.')[0] : String(error);
    throw new StartError(
      `${reason}. npm start knows --demo and --help, after a double dash: npm start -- --demo`,
    );
  }
}
