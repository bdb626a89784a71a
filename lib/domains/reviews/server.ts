export { reviewsApi } from './api';
export { reviewsJobs } from './jobs';
export { openReviewsOf, takeAssigned, takeFindings, takeOverdue, takeProposals } from './told';
