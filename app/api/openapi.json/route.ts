import { NextResponse } from 'next/server';
import { agentAccessApi, permissionsApi, rolesApi } from '@/lib/domains/access/server';
import { agentsApi } from '@/lib/domains/agents/server';
import { approvalsApi } from '@/lib/domains/approvals/server';
import { actionTypesApi, toolsApi } from '@/lib/domains/catalog/server';
import { complianceApi } from '@/lib/domains/compliance/server';
import { credentialsApi } from '@/lib/domains/identity/server';
import { overviewApi } from '@/lib/domains/monitoring/server';
import { reviewsApi } from '@/lib/domains/reviews/server';
import { trailApi } from '@/lib/domains/trail/server';
import { credentialRotationApi, rotationsApi, secretsApi } from '@/lib/domains/vault/server';
import { workspacesApis } from '@/lib/domains/workspaces/server';
import { openApiDocument } from '@/lib/http/openapi';
import { handlePublic } from '@/lib/http/serve';
import { env } from '@/lib/infra/env';

export const dynamic = 'force-dynamic';

const apis = [
  agentsApi,
  agentAccessApi,
  credentialsApi,
  credentialRotationApi,
  rolesApi,
  permissionsApi,
  toolsApi,
  actionTypesApi,
  approvalsApi,
  reviewsApi,
  trailApi,
  secretsApi,
  rotationsApi,
  complianceApi,
  overviewApi,
  ...workspacesApis,
];

/** The console's API as OpenAPI 3.1. */
export const GET = handlePublic(async () =>
  NextResponse.json(openApiDocument(apis, env().CONSOLE_URL)),
);
