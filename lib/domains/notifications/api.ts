import { api, del, get, patch, post } from '@/lib/http/api';
import {
  createChannel,
  pauseChannel,
  removeChannel,
  resumeChannel,
  rotateChannelSecret,
  setPreference,
  updateChannel,
} from './service/manage';
import { getChannel, getPreference, listChannels, listNotifications } from './service/read';
import { testChannel } from './service/try';

export const notificationChannelsApi = api('notification-channels', [
  get('/api/notification-channels', listChannels, {
    summary: 'Where people hear of held actions',
  }),
  post('/api/notification-channels', createChannel, {
    summary: "Add a channel; a webhook's signing secret is in this answer only",
    status: 201,
  }),
  get('/api/notification-channels/{id}', getChannel, { summary: 'One channel' }),
  patch('/api/notification-channels/{id}', updateChannel, {
    summary: 'Change where it goes, or what it is for',
  }),
  post('/api/notification-channels/{id}/pause', pauseChannel, {
    summary: 'Send nothing there but news of broken glass',
  }),
  post('/api/notification-channels/{id}/resume', resumeChannel, { summary: 'Send there again' }),
  post('/api/notification-channels/{id}/test', testChannel, {
    summary: 'Send one test message and say what was answered',
  }),
  post('/api/notification-channels/{id}/rotate-secret', rotateChannelSecret, {
    summary: 'Make a new signing secret; for a day the old one signs as well',
  }),
  del('/api/notification-channels/{id}', removeChannel, {
    summary: 'Remove it and erase its address and secrets',
  }),
]);

export const notificationsApi = api('notifications', [
  get('/api/notifications', listNotifications, {
    summary: 'What was sent, is to be sent, and could not be; newest first',
  }),
  get('/api/notifications/preference', getPreference, { summary: 'Whether one gets mail' }),
  patch('/api/notifications/preference', setPreference, { summary: 'Get mail, or none' }),
]);
