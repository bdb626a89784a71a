import { cedarPoliciesApi } from '@/lib/domains/access/server';
import { serve } from '@/app/api/serve';

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(cedarPoliciesApi);
