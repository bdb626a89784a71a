import { toolsApi } from '@/lib/domains/catalog/server';
import { serve } from '@/lib/http/serve';

export const { GET, POST, PATCH, DELETE } = serve(toolsApi);
