/** Notifications: what servers and workers use. */
export { notificationChannelsApi, notificationsApi } from './api';
export { notificationsJobs } from './jobs';
export { readChannels } from './policy';
