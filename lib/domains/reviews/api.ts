import { api, get, post } from '@/lib/http/api';
import { drawByHand } from './service/draw';
import { getSample, listSamples, reviewSummary } from './service/read';
import { giveVerdict } from './service/verdict';

export const reviewsApi = api('reviews', [
  get('/api/reviews', listSamples, { summary: 'Samples by day' }),
  get('/api/reviews/summary', reviewSummary, { summary: 'Coverage and verdicts by day' }),
  post('/api/reviews/draw', drawByHand, {
    summary: 'Draw an extra sample from a day',
    status: 201,
  }),
  get('/api/reviews/{id}', getSample, { summary: 'One sample' }),
  post('/api/reviews/{id}/verdict', giveVerdict, { summary: 'Give a verdict' }),
]);
