import { overviewApi } from '@/lib/domains/monitoring/server';
import { serve } from '@/app/api/serve';

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(overviewApi);
