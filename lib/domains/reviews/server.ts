export { reviewsApi } from './api';
export { reviewsJobs } from './jobs';
export { closeDays } from './service/close';
export { missedDays } from './service/missed';
export { openReviewsOf, takeAssigned, takeFindings, takeOverdue, takeProposals } from './told';
