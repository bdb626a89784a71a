import { complianceApi } from '@/lib/domains/compliance/server';
import { serve } from '@/lib/http/serve';

export const { GET, POST, PATCH, DELETE } = serve(complianceApi);
