import { get, post } from '@/lib/http/api';
import { kinds } from './formats';
import { downloadExport } from './service/download';
import { cancelExport, createExport, getExport, listExports } from './service/manage';
import { exportTrail } from './service/stream';

const media = [...new Set(Object.values(kinds).map(({ type }) => type))];

export const exportEndpoints = [
  get('/api/trail/export', exportTrail, {
    summary: 'Stream what matches as NDJSON, CSV, Parquet or OCSF',
    media,
  }),
  get('/api/trail/exports', listExports, { summary: 'Exports as files, newest first' }),
  post('/api/trail/exports', createExport, {
    summary: 'Have a job make a file of what matches',
    status: 201,
  }),
  get('/api/trail/exports/{id}', getExport, { summary: 'One export with its progress' }),
  post('/api/trail/exports/{id}/cancel', cancelExport, { summary: 'End an export that is made' }),
  get('/api/trail/exports/{id}/file', downloadExport, {
    summary: 'Download a finished file, whole or by range',
    headers: ['range', 'if-range'],
    media,
  }),
];
