import { agentAccessApi } from '@/lib/domains/access/server';
import { agentsApi } from '@/lib/domains/agents/server';
import { api } from '@/lib/http/api';
import { serve } from '@/app/api/serve';

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  api('agents', [...agentsApi.endpoints, ...agentAccessApi.endpoints]),
);
