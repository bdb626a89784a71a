/** Delivers to one sink in a process of its own, which its parent kills. Arguments: workspace, sink. */
import { deliverTo } from '../delivery/deliver';

const [workspace = '', sink = ''] = process.argv.slice(2);
await deliverTo(workspace, sink, { owner: 'child', signal: new AbortController().signal });
process.exit(0);
