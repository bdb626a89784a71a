import type { Actor } from '@/lib/kernel/actor';
import { all, allow, deny, type Verdict } from '@/lib/kernel/verdict';
import { mayExport } from '../policy';
import type { ExportState } from './schema';

export function mayCancel(actor: Actor, state: ExportState): Verdict {
  const open = state === 'waiting' || state === 'running';
  return all(mayExport(actor), open ? allow : deny('It has ended already.'));
}

const missing: Record<Exclude<ExportState, 'ready'>, string> = {
  waiting: 'It is not ready yet. Wait until it is made.',
  running: 'It is not ready yet. Wait until it is made.',
  failed: 'It could not be made. Start it again.',
  cancelled: 'It was cancelled. Start it again.',
  expired: 'Its file was deleted after seven days. Start it again.',
};

export function mayDownload(actor: Actor, state: ExportState): Verdict {
  return all(mayExport(actor), state === 'ready' ? allow : deny(missing[state]));
}

/** Making, ending and deleting files is the jobs' work alone. */
export function isExportJob(actor: Actor): Verdict {
  return actor.type === 'job' ? allow : deny('Files of exports are made by a job.');
}
