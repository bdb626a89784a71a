import { trailApi } from '@/lib/domains/trail/server';
import { serve } from '@/lib/http/serve';

export const { DELETE, GET, POST } = serve(trailApi);
