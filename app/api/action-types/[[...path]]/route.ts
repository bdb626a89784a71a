import { whoMayApi } from '@/lib/domains/access/server';
import { actionTypesApi } from '@/lib/domains/catalog/server';
import { actionTypeDataApi } from '@/lib/domains/classification/server';
import { api } from '@/lib/http/api';
import { serve } from '@/app/api/serve';

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  api('action-types', [
    ...actionTypesApi.endpoints,
    ...actionTypeDataApi.endpoints,
    ...whoMayApi.endpoints,
  ]),
);
