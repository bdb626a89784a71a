import { rotationsApi } from '@/lib/domains/vault/server';
import { serve } from '@/app/api/serve';

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(rotationsApi);
