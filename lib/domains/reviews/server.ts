export { reviewsApi } from './api';
export { reviewsJobs } from './jobs';
