import { api, get, post } from '@/lib/http/api';
import { closeCampaign } from './service/close';
import { createCampaign, previewCampaign } from './service/create';
import { decideItem, decideMany } from './service/decide';
import { exportEvidence } from './service/evidence';
import { countWaiting, getCampaign, listCampaigns, listItems } from './service/read';
import { settleItem } from './service/settle';

export const campaignsApi = api('campaigns', [
  get('/api/campaigns', listCampaigns, { summary: 'Access reviews, newest first' }),
  post('/api/campaigns', createCampaign, { summary: 'Start an access review', status: 201 }),
  post('/api/campaigns/preview', previewCampaign, {
    summary: 'How many items an access review would have, and for whom',
  }),
  get('/api/campaigns/waiting', countWaiting, { summary: 'What waits for the reader' }),
  get('/api/campaigns/{id}', getCampaign, { summary: 'One access review with its progress' }),
  get('/api/campaigns/{id}/items', listItems, {
    summary: 'Its items, each role of each agent before the permissions within',
  }),
  get('/api/campaigns/{id}/evidence', exportEvidence, {
    summary: 'Stream the evidence as CSV or JSON',
    media: ['text/csv', 'application/json'],
  }),
  post('/api/campaigns/{id}/decide', decideMany, { summary: 'Confirm or remove many items' }),
  post('/api/campaigns/{id}/close', closeCampaign, {
    summary: 'End an access review before its time',
  }),
  post('/api/campaigns/{id}/items/{itemId}/decide', decideItem, {
    summary: 'Confirm or remove one item',
  }),
  post('/api/campaigns/{id}/items/{itemId}/settle', settleItem, {
    summary: 'Carry out, or refuse, a removal that reaches other agents',
  }),
]);
