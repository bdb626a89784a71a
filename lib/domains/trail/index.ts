export {
  checkpointQuery,
  eventsQuery,
  lastVerificationQuery,
  noFilters,
  storyQuery,
  trailKeys,
  trailPaths,
  type UrlFilters,
} from './queries';
export type { CheckpointView, EventItem, StoryView, VerificationView } from './schema';
export { EventPage } from './ui/event-page';
export { StoryPage } from './ui/story-page';
export { TrailPage } from './ui/trail-page';
