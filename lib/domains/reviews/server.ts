export { reviewsApi } from './api';
export { reviewsJobs } from './jobs';
export { drawByHand, drawDaily } from './service/draw';
export { getSample, listSamples, reviewSummary } from './service/read';
export { giveVerdict } from './service/verdict';
