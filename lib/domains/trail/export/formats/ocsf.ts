import { copyRows } from '@/lib/infra/copy';
import type { Recorded } from '../ocsf/base';
import { toOcsf } from '../ocsf/map';
import { indexOf, take, type Format } from './tally';

/** One OCSF 1.8 event a line; each names its index and leaf hash in the log. */
export const ocsf: Format = async function* (source, tally) {
  const batches = source.copy('idx, leaf_hash, body');
  for await (const rows of copyRows(batches)) {
    const lines = rows.map(([index, leaf, body]) => {
      const at = indexOf(index as Buffer);
      take(tally, at);
      const event = JSON.parse((body as Buffer).toString('utf8')) as Recorded['event'];
      const leafHash = (leaf as Buffer).toString('base64');
      return `${JSON.stringify(toOcsf({ index: at, leafHash, event }))}\n`;
    });
    yield Buffer.from(lines.join(''));
  }
};
