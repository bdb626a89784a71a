import { trailApi } from '@/lib/domains/trail/server';
import { serve } from '@/lib/http/serve';

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(trailApi);
