/** Notifications for the browser: where people hear of held actions. */
export { NotificationsTab } from './ui/notifications-tab';
