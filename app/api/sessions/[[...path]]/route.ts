import { sessionsApi } from '@/lib/domains/workspaces/server';
import { serve } from '@/lib/http/serve';

export const { GET, POST, PATCH, PUT, DELETE } = serve(sessionsApi);
