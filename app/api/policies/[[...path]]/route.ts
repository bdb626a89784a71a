import { advisorApi, policiesApi } from '@/lib/domains/access/server';
import { explainApi, simulationApi } from '@/lib/domains/gateway/server';
import { api } from '@/lib/http/api';
import { serve } from '@/lib/http/serve';

export const { GET, POST, PUT, PATCH, DELETE } = serve(
  api('policies', [
    ...advisorApi.endpoints,
    ...explainApi.endpoints,
    ...simulationApi.endpoints,
    ...policiesApi.endpoints,
  ]),
);
