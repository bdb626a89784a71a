import { approverHealthApi } from '@/lib/domains/approvals/server';
import { serve } from '@/app/api/serve';

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(approverHealthApi);
