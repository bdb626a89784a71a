export {
  reviewKeys,
  reviewPaths,
  reviewSummaryQuery,
  type SampleFilters,
  sampleQuery,
  samplesQuery,
} from './queries';
export { type ReviewDay, type ReviewSummary, type Sample, type Verdict, verdicts } from './schema';
export { ReviewPage } from './ui/review-page';
export { ReviewsPage } from './ui/reviews-page';
