import { toolsApi } from '@/lib/domains/catalog/server';
import { serve } from '@/app/api/serve';

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(toolsApi);
