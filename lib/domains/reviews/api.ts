import { api, get, patch, post } from '@/lib/http/api';
import { drawByHand } from './service/by-hand';
import { closeFinding, followUp, getFinding, listFindings } from './service/findings';
import { draftProposal, reviewRates } from './service/rates';
import { getSample, listSamples, reviewSummary } from './service/read';
import { getReviewSettings, updateReviewSettings } from './service/settings';
import { giveVerdict } from './service/verdict';

export const reviewsApi = api('reviews', [
  get('/api/reviews', listSamples, { summary: 'Samples by day, the reader’s own first' }),
  get('/api/reviews/summary', reviewSummary, { summary: 'Coverage and verdicts by day' }),
  get('/api/reviews/rates', reviewRates, {
    summary: 'Error rates with their intervals, and what they propose',
  }),
  get('/api/reviews/settings', getReviewSettings, { summary: 'How actions are sampled' }),
  patch('/api/reviews/settings', updateReviewSettings, {
    summary: 'Change how actions are sampled, from the next day that closes',
  }),
  post('/api/reviews/draw', drawByHand, {
    summary: 'Draw an extra sample from a day',
    status: 201,
  }),
  get('/api/reviews/findings', listFindings, { summary: 'What wrong verdicts opened' }),
  get('/api/reviews/findings/{id}', getFinding, { summary: 'One finding' }),
  post('/api/reviews/findings/{id}/follow-up', followUp, {
    summary: 'Correct it, tighten the permission, put the agent on probation or isolate it',
  }),
  post('/api/reviews/findings/{id}/close', closeFinding, { summary: 'Close a finding' }),
  post('/api/reviews/proposals/{id}/draft', draftProposal, {
    summary: 'Draft the move of a permission that its reviews propose',
    status: 201,
  }),
  get('/api/reviews/{id}', getSample, { summary: 'One sample' }),
  post('/api/reviews/{id}/verdict', giveVerdict, { summary: 'Give a verdict' }),
]);
