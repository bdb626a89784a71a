import { overviewApi } from '@/lib/domains/monitoring/server';
import { serve } from '@/lib/http/serve';

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(overviewApi);
