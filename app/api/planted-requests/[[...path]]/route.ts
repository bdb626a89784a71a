import { plantedRequestsApi } from '@/lib/domains/approvals/server';
import { serve } from '@/lib/http/serve';

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(plantedRequestsApi);
