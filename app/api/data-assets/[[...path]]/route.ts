import { dataAssetsApi } from '@/lib/domains/classification/server';
import { serve } from '@/app/api/serve';

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(dataAssetsApi);
