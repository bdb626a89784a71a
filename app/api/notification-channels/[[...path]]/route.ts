import { notificationChannelsApi } from '@/lib/domains/notifications/server';
import { serve } from '@/lib/http/serve';

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(notificationChannelsApi);
