/** `countersign export`, `plan` and `apply`: a workspace's configuration in a folder. */
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { Exported, Plan } from '../schema';
import { callConsole } from './console';
import { readFolder, writeFolder } from './folder';
import { planWords } from './words';

export const configurationUsage = `countersign export DIR
countersign plan DIR
countersign apply DIR [--why TEXT] [--yes]

A workspace's configuration as files. export writes them, plan says what applying them would change and changes
nothing, apply does it, all or nothing, after showing the plan. plan ends with 0 when there is nothing to do and with
2 when there is; everything ends with 1 when it fails.

  --why TEXT  why it is applied; kept with the policy version and in the trail
  --yes       do not ask

COUNTERSIGN_URL    the console's address (http://127.0.0.1:3000)
COUNTERSIGN_TOKEN  a personal access token: export reads; plan and apply write, and are an admin's
`;

type Command = (args: string[]) => Promise<number>;

const CHANGES = 2;

export const exportCommand: Command = failing(async (args) => {
  const { folder } = optionsOf(args, {});
  const { files } = await callConsole(Exported, '/api/configuration');
  const { written, removed } = await writeFolder(folder, files);
  for (const file of written) say(`wrote ${file}`);
  for (const file of removed) say(`removed ${file}`);
  say(`${Object.keys(files).length} files in ${folder}.`);
  return 0;
});

export const planCommand: Command = failing(async (args) => {
  const { folder } = optionsOf(args, {});
  const plan = await planOf(await readFolder(folder));
  process.stdout.write(planWords(plan));
  return plan.changes.length === 0 ? 0 : CHANGES;
});

export const applyCommand: Command = failing(async (args) => {
  const { folder, values } = optionsOf(args, {
    why: { type: 'string' },
    yes: { type: 'boolean' },
  });
  const files = await readFolder(folder);
  const plan = await planOf(files);
  process.stdout.write(planWords(plan));
  if (plan.changes.length === 0) return 0;
  if (!values['yes'] && !(await agreed())) return 1;
  const why = typeof values['why'] === 'string' ? values['why'] : '';
  await callConsole(Plan, '/api/configuration/apply', { files, why, digest: plan.digest });
  say('Applied.');
  return 0;
});

function planOf(files: Record<string, string>): Promise<Plan> {
  return callConsole(Plan, '/api/configuration/plan', { files });
}

async function agreed(): Promise<boolean> {
  if (!process.stdin.isTTY)
    throw new Error('Nothing was applied: add --yes to apply without being asked.');
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question('Apply this? Type yes: ');
  terminal.close();
  if (answer.trim() === 'yes') return true;
  say('Nothing was applied.');
  return false;
}

function optionsOf(
  args: string[],
  options: Record<string, { type: 'string' | 'boolean' }>,
): { folder: string; values: Record<string, string | boolean | undefined> } {
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const [folder, ...more] = positionals;
  if (folder === undefined || more.length > 0)
    throw new Error(`Name one folder.\n\n${configurationUsage}`);
  return { folder, values: values as Record<string, string | boolean | undefined> };
}

function failing(command: Command): Command {
  return async (args) => {
    try {
      return await command(args);
    } catch (error) {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      return 1;
    }
  };
}

function say(words: string): void {
  process.stdout.write(`${words}\n`);
}
