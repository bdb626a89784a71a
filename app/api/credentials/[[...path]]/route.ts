import { credentialsApi } from '@/lib/domains/identity/server';
import { credentialRotationApi } from '@/lib/domains/vault/server';
import { api } from '@/lib/http/api';
import { serve } from '@/app/api/serve';

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  api('credentials', [...credentialsApi.endpoints, ...credentialRotationApi.endpoints]),
);
