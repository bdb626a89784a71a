import { advisorApi, policiesApi } from '@/lib/domains/access/server';
import { explainApi, proofApi, simulationApi } from '@/lib/domains/gateway/server';
import { api } from '@/lib/http/api';
import { serve } from '@/app/api/serve';

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  api('policies', [
    ...advisorApi.endpoints,
    ...explainApi.endpoints,
    ...proofApi.endpoints,
    ...simulationApi.endpoints,
    ...policiesApi.endpoints,
  ]),
);
