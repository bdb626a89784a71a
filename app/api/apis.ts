/** Every endpoint of the console, as data: what its OpenAPI document and its tests go through. */
import {
  advisorApi,
  agentAccessApi,
  campaignsApi,
  cedarPoliciesApi,
  cedarSchemaApi,
  entitiesApi,
  permissionsApi,
  policiesApi,
  rolesApi,
  whoMayApi,
} from '@/lib/domains/access/server';
import { agentsApi } from '@/lib/domains/agents/server';
import {
  approvalGrantsApi,
  approvalRoutesApi,
  approvalsApi,
  approverGroupsApi,
  approverHealthApi,
  delegationsApi,
  plantedRequestsApi,
} from '@/lib/domains/approvals/server';
import { actionTypesApi, toolsApi } from '@/lib/domains/catalog/server';
import { actionTypeDataApi, dataAssetsApi } from '@/lib/domains/classification/server';
import { complianceApi } from '@/lib/domains/compliance/server';
import { configurationApi, templatesApi } from '@/lib/domains/configuration/server';
import { explainApi, proofApi, simulationApi } from '@/lib/domains/gateway/server';
import { credentialsApi } from '@/lib/domains/identity/server';
import { overviewApi } from '@/lib/domains/monitoring/server';
import { notificationChannelsApi, notificationsApi } from '@/lib/domains/notifications/server';
import { reviewsApi } from '@/lib/domains/reviews/server';
import { trailApi } from '@/lib/domains/trail/server';
import { credentialRotationApi, rotationsApi, secretsApi } from '@/lib/domains/vault/server';
import { workspacesApis } from '@/lib/domains/workspaces/server';
import type { Api } from '@/lib/http/api';

export const apis: readonly Api[] = [
  agentsApi,
  agentAccessApi,
  credentialsApi,
  credentialRotationApi,
  rolesApi,
  permissionsApi,
  advisorApi,
  explainApi,
  policiesApi,
  proofApi,
  simulationApi,
  cedarPoliciesApi,
  cedarSchemaApi,
  entitiesApi,
  campaignsApi,
  toolsApi,
  actionTypesApi,
  actionTypeDataApi,
  whoMayApi,
  dataAssetsApi,
  approvalsApi,
  approvalGrantsApi,
  approverHealthApi,
  plantedRequestsApi,
  approverGroupsApi,
  approvalRoutesApi,
  delegationsApi,
  notificationChannelsApi,
  notificationsApi,
  reviewsApi,
  trailApi,
  secretsApi,
  rotationsApi,
  complianceApi,
  configurationApi,
  templatesApi,
  overviewApi,
  ...workspacesApis,
];
