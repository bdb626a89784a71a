import { api, del, get, patch, post } from '@/lib/http/api';
import { batchDecide } from './batch/decide';
import { createGrant, listGrants, revokeGrant } from './grants/service';
import { openCard } from './health/opened';
import { approvalLoad, approverHealth } from './health/service';
import { createDelegation, endDelegation, listDelegations } from './routing/delegations';
import { createGroup, getGroup, listGroups, removeGroup, updateGroup } from './routing/groups';
import {
  createRoute,
  getRoute,
  listApprovalRoutes,
  removeRoute,
  updateRoute,
} from './routing/routes';
import { askAgent } from './card/ask';
import { contextOfApproval } from './card/context';
import { narrowAction } from './card/narrow';
import { readSources } from './card/sources';
import { plantedCounts, plantNow } from './planted/service';
import { approveAction, breakGlassOn, rejectAction } from './service/decide';
import { countApprovals, getApproval, listApprovals } from './service/read';

export const approvalsApi = api('approvals', [
  get('/api/approvals', listApprovals, { summary: 'Held actions; ?status=pending for the queue' }),
  get('/api/approvals/count', countApprovals, { summary: 'How many wait, and since when' }),
  post('/api/approvals/batch', batchDecide, {
    summary: 'Sign alike ones together, each by itself',
  }),
  get('/api/approvals/load', approvalLoad, { summary: 'How much waits for whom, and how long' }),
  get('/api/approvals/{id}', getApproval, { summary: 'One held action, as the approver sees it' }),
  get('/api/approvals/{id}/context', contextOfApproval, {
    summary: 'What its evidence rests on, earlier amounts, and decisions on the like',
  }),
  post('/api/approvals/{id}/sources', readSources, {
    summary: 'Read its sources again, to see what has changed since',
  }),
  post('/api/approvals/{id}/ask', askAgent, { summary: 'Ask the agent a question' }),
  post('/api/approvals/{id}/narrow', narrowAction, {
    summary: 'Make its numbers smaller, or take that back',
  }),
  post('/api/approvals/{id}/approve', approveAction, { summary: 'Sign that it may run' }),
  post('/api/approvals/{id}/reject', rejectAction, { summary: 'Do not let it run' }),
  post('/api/approvals/{id}/break-glass', breakGlassOn, {
    summary: 'Let it run on one signature in an emergency',
  }),
  post('/api/approvals/{id}/opened', openCard, { summary: 'Say that its card was opened' }),
  post('/api/approvals/{id}/grant', createGrant, { summary: 'Sign beforehand for ones like it' }),
]);

export const approvalGrantsApi = api('approval-grants', [
  get('/api/approval-grants', listGrants, { summary: 'Signatures given beforehand' }),
  post('/api/approval-grants/{id}/revoke', revokeGrant, { summary: 'Take one back' }),
]);

export const approverHealthApi = api('approver-health', [
  get('/api/approver-health', approverHealth, { summary: 'How approvers decide' }),
]);

export const plantedRequestsApi = api('planted-requests', [
  get('/api/planted-requests', plantedCounts, { summary: 'How planted requests ended' }),
  post('/api/planted-requests', plantNow, { summary: 'Plant one now, by chance' }),
]);

export const approverGroupsApi = api('approver-groups', [
  get('/api/approver-groups', listGroups, { summary: 'Groups of approvers' }),
  post('/api/approver-groups', createGroup, { summary: 'Make a group' }),
  get('/api/approver-groups/{id}', getGroup, { summary: 'One group' }),
  patch('/api/approver-groups/{id}', updateGroup, { summary: 'Change it, or who is in it' }),
  del('/api/approver-groups/{id}', removeGroup, { summary: 'Remove a group that nothing needs' }),
]);

export const approvalRoutesApi = api('approval-routes', [
  get('/api/approval-routes', listApprovalRoutes, { summary: 'Who approves what' }),
  post('/api/approval-routes', createRoute, { summary: 'Make a route' }),
  get('/api/approval-routes/{id}', getRoute, { summary: 'One route' }),
  patch('/api/approval-routes/{id}', updateRoute, { summary: 'Change it, or its place' }),
  del('/api/approval-routes/{id}', removeRoute, { summary: 'Remove it' }),
]);

export const delegationsApi = api('approval-delegations', [
  get('/api/approval-delegations', listDelegations, { summary: 'Who stands in for whom' }),
  post('/api/approval-delegations', createDelegation, { summary: 'Give one’s place away' }),
  post('/api/approval-delegations/{id}/end', endDelegation, { summary: 'End it now' }),
]);
