import { configurationApi } from '@/lib/domains/configuration/server';
import { serve } from '@/lib/http/serve';

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(configurationApi);
