import { complianceApi } from '@/lib/domains/compliance/server';
import { serve } from '@/app/api/serve';

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(complianceApi);
