import { api, get, post } from '@/lib/http/api';
import { approveAction, rejectAction } from './service/decide';
import { countApprovals, getApproval, listApprovals } from './service/read';

export const approvalsApi = api('approvals', [
  get('/api/approvals', listApprovals, { summary: 'Held actions; ?status=pending for the queue' }),
  get('/api/approvals/count', countApprovals, { summary: 'How many wait, and since when' }),
  get('/api/approvals/{id}', getApproval, { summary: 'One held action, as the approver sees it' }),
  post('/api/approvals/{id}/approve', approveAction, { summary: 'Let it run' }),
  post('/api/approvals/{id}/reject', rejectAction, { summary: 'Do not let it run' }),
]);
