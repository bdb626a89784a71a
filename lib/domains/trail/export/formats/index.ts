import { withoutGarbage } from '@/lib/infra/memory';
import type { ExportFormat } from '../schema';
import { csv } from './csv';
import { ndjson } from './ndjson';
import { ocsf } from './ocsf';
import { parquet } from './parquet';
import type { Format } from './tally';

export interface Kind {
  write: Format;
  type: string;
  /** Of the file's name. */
  extension: string;
}

/** As many megabytes of garbage as an export of millions of events makes would stay for a while. */
const tidy =
  (write: Format): Format =>
  (source, tally) =>
    withoutGarbage(write(source, tally));

export const kinds: Record<ExportFormat, Kind> = {
  ndjson: { write: tidy(ndjson), type: 'application/x-ndjson; charset=utf-8', extension: 'ndjson' },
  csv: { write: tidy(csv), type: 'text/csv; charset=utf-8; header=present', extension: 'csv' },
  parquet: { write: tidy(parquet), type: 'application/vnd.apache.parquet', extension: 'parquet' },
  ocsf: {
    write: tidy(ocsf),
    type: 'application/x-ndjson; charset=utf-8',
    extension: 'ocsf.ndjson',
  },
};
