import { templatesApi } from '@/lib/domains/configuration/server';
import { serve } from '@/app/api/serve';

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(templatesApi);
