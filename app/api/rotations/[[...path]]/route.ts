import { rotationsApi } from '@/lib/domains/vault/server';
import { serve } from '@/lib/http/serve';

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(rotationsApi);
