/**
 * Makes an export's file in a process of its own that dies without a word once the first
 * piece is written. Arguments: workspace, export.
 */
import { jobContext } from '@/lib/kernel/context';
import { runExport } from '../export/run';

const [workspace = '', id = ''] = process.argv.slice(2);
await runExport(jobContext(workspace, 'trail.export'), id, async () => {
  process.kill(process.pid, 'SIGKILL');
});
