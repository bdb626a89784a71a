export { maySearch } from './policy';
export {
  checkpointQuery,
  eventsQuery,
  noFilters,
  storyQuery,
  trailKeys,
  trailPaths,
  type UrlFilters,
} from './queries';
export type { CheckpointView, EventItem, StoryView } from './schema';
export type { VerificationView } from './verification/schema';
export { VerificationPage } from './verification/ui/verification-page';
export { RetentionPage } from './retention/ui/retention-page';
export { PayloadKeysPage } from './payload/ui/keys-page';
export { DeliveryPage } from './delivery/ui/delivery-page';
export { SinkPage } from './delivery/ui/sink-page';
export { ExportsPage } from './export/ui/exports-page';
export { tierOf } from './ui/atoms';
export { titleOf, toneOf } from './ui/describe';
export { EventPage } from './ui/event-page';
export { SessionPage } from './ui/session-page';
export { StoryPage } from './ui/story-page';
export { TrailPage } from './ui/trail-page';
