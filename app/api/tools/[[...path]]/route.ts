import { toolsApi } from '@/lib/domains/catalog/server';
import { serve } from '@/lib/http/serve';

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(toolsApi);
