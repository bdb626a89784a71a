import { get } from '@/lib/http/api';
import { listAnchors } from './service';

export const anchorEndpoints = [
  get('/api/trail/anchors', listAnchors, {
    summary: 'Where checkpoints are kept outside the database, and how far',
  }),
];
