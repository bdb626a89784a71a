/**
 * Runs a rotation in a process of its own that dies without a word: after `steps` committed
 * steps, or earlier when its parent kills it. Arguments: workspace, rotation, steps.
 */
import { jobContext } from '@/lib/kernel/context';
import { runRotation } from '../steps/run';

const [workspace = '', rotation = '', steps = '1'] = process.argv.slice(2);
const ctx = jobContext(workspace, 'vault.rotate');
for (let n = 0; n < Number(steps); n++) await runRotation(ctx, rotation, { onlyOne: true });
process.kill(process.pid, 'SIGKILL');
