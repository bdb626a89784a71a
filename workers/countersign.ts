/** npx countersign: what Countersign does on a command line, with nothing else running. */
import {
  applyCommand,
  configurationUsage,
  exportCommand,
  planCommand,
} from '@/lib/domains/configuration/cli';
import { verifySampleCommand, verifySampleUsage } from '@/lib/domains/reviews/cli';
import { verifyCommand, verifyUsage } from '@/lib/domains/trail/cli';

const commands: Record<string, (args: string[]) => Promise<number>> = {
  verify: verifyCommand,
  'verify-sample': verifySampleCommand,
  export: exportCommand,
  plan: planCommand,
  apply: applyCommand,
};
const usage = `${verifyUsage}\n${verifySampleUsage}\n${configurationUsage}`;

const [name = '', ...args] = process.argv.slice(2);
const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
if (command && !args.includes('--help')) {
  process.exitCode = await command(args);
} else {
  const asked = name === '--help' || name === 'help' || args.includes('--help');
  (asked ? process.stdout : process.stderr).write(usage);
  process.exitCode = asked ? 0 : 1;
}
