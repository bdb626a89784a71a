import { notificationChannelsApi } from '@/lib/domains/notifications/server';
import { serve } from '@/app/api/serve';

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(notificationChannelsApi);
