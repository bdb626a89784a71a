export { reviewKeys, reviewPaths, reviewSummaryQuery, type SampleFilters, samplesQuery } from './queries';
export { type ReviewDay, type ReviewSummary, type Sample, type Verdict, verdicts } from './schema';
