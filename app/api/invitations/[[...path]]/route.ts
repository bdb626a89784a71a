import { invitationsApi } from '@/lib/domains/workspaces/server';
import { serve } from '@/lib/http/serve';

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(invitationsApi);
