import { permissionsApi } from '@/lib/domains/access/server';
import { serve } from '@/lib/http/serve';

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(permissionsApi);
