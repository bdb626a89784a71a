import { trailApi } from '@/lib/domains/trail/server';
import { serve } from '@/app/api/serve';

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(trailApi);
