import { dataAssetsApi } from '@/lib/domains/classification/server';
import { serve } from '@/lib/http/serve';

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(dataAssetsApi);
