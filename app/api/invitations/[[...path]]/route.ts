import { invitationsApi } from '@/lib/domains/workspaces/server';
import { serve } from '@/app/api/serve';

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(invitationsApi);
