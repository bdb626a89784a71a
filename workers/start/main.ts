/** The command line of a start: options, signals, and how failures are told. */
import { parseOptions, usage } from './options';
import { say } from './terminal';
import { type Plan, Supervisor } from './supervisor';

/** npm passes on a Ctrl-C that the terminal has already delivered: that is one, not two. */
const SAME_SIGNAL_MS = 1_000;

/** Runs until a signal; ends the process with what the shell should see. */
export async function main(argv: string[], plan?: Plan): Promise<never> {
  try {
    process.exit(await run(argv, plan));
  } catch (error) {
    process.stderr.write(`${forPeople(error)}\n`);
    process.exit(1);
  }
}

/** A mistake in the program shows where it is; anything else is told in its own words. */
function forPeople(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const ours =
    error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError;
  return (ours ? error.stack : undefined) ?? error.message;
}

async function run(argv: string[], plan: Plan | undefined): Promise<number> {
  const options = parseOptions(argv);
  if (options.help) {
    say(usage);
    return 0;
  }
  const supervisor = new Supervisor(options, plan);
  const signalled = new Promise<void>((resolve) => {
    let first = 0;
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(name, () => {
        if (first === 0) {
          first = Date.now();
          resolve();
        } else if (Date.now() - first > SAME_SIGNAL_MS) {
          supervisor.kill();
          process.exit(130);
        }
      });
    }
  });
  const failed = supervisor.start().then(
    () => undefined,
    (error: unknown) => error ?? new Error('The start failed.'),
  );
  try {
    const error = await Promise.race([failed, signalled]);
    if (error) throw error;
    await signalled;
    say('Stopping …');
  } finally {
    await supervisor.stop();
  }
  say('Stopped.');
  return 0;
}
