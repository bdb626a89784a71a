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

export const kinds: Record<ExportFormat, Kind> = {
  ndjson: { write: ndjson, type: 'application/x-ndjson; charset=utf-8', extension: 'ndjson' },
  csv: { write: csv, type: 'text/csv; charset=utf-8; header=present', extension: 'csv' },
  parquet: { write: parquet, type: 'application/vnd.apache.parquet', extension: 'parquet' },
  ocsf: {
    write: ocsf,
    type: 'application/x-ndjson; charset=utf-8',
    extension: 'ocsf.ndjson',
  },
};
