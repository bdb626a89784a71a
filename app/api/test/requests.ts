/** Valid requests to every endpoint, and the ids that go into them. */
import { NextRequest } from 'next/server';
import { z } from 'zod';
import type { Api, Endpoint } from '@/lib/http/api';
import { serve } from '@/app/api/serve';
import { newId } from '@/lib/kernel/ids';
import { apis } from '../apis';
import { type Ids, type Kind, kindOf } from './ids';

/** What each place of a path names; `shared` is the same in every workspace. */
const places: Record<string, Kind | 'shared'> = {
  '/api/agents/{id}': 'agent',
  '/api/agents/{id}/roles/{roleId}': 'role',
  '/api/credentials/{id}': 'credential',
  '/api/roles/{id}': 'role',
  '/api/permissions/{id}': 'permission',
  '/api/cedar-policies/{id}': 'cedarPolicy',
  '/api/entities/{type}': 'shared',
  '/api/entities/{type}/{id}': 'shared',
  '/api/policies/{version}': 'policyVersion',
  '/api/policies/{id}': 'policyDraft',
  '/api/policies/drafts/{id}': 'policyDraft',
  '/api/policies/advisor/findings/{id}': 'finding',
  '/api/policies/explanations/{id}': 'explanation',
  '/api/campaigns/{id}': 'campaign',
  '/api/campaigns/{id}/items/{itemId}': 'campaignItem',
  '/api/tools/{id}': 'tool',
  '/api/action-types/{id}': 'actionType',
  '/api/data-assets/{id}': 'dataAsset',
  '/api/data-assets/import/{importId}': 'dataImport',
  '/api/data-assets/{id}/fields/{fieldId}': 'dataField',
  '/api/approvals/{id}': 'held',
  '/api/approver-groups/{id}': 'approverGroup',
  '/api/approval-routes/{id}': 'approvalRoute',
  '/api/approval-delegations/{id}': 'delegation',
  '/api/approval-grants/{id}': 'approvalGrant',
  '/api/notification-channels/{id}': 'notificationChannel',
  '/api/reviews/{id}': 'sample',
  '/api/reviews/findings/{id}': 'reviewFinding',
  '/api/reviews/proposals/{id}': 'permission',
  '/api/trail/events/{id}': 'event',
  '/api/trail/searches/{id}': 'savedSearch',
  '/api/trail/sessions/{session}': 'session',
  '/api/trail/keys/{id}': 'payloadKey',
  '/api/trail/verifications/{id}': 'verification',
  '/api/trail/holds/{id}': 'hold',
  '/api/trail/actions/{action}': 'held',
  '/api/trail/exports/{id}': 'export',
  '/api/trail/sinks/{id}': 'sink',
  '/api/secrets/{id}': 'secret',
  '/api/rotations/{id}': 'rotation',
  '/api/compliance/checks/{key}': 'shared',
  '/api/templates/{id}': 'shared',
  '/api/members/{id}': 'member',
  '/api/invitations/{id}': 'invitation',
  '/api/sessions/{id}': 'memberSession',
  '/api/tokens/{id}': 'token',
  '/api/passkeys/{id}': 'passkey',
};

/** The kinds of a path's places, in order. Throws for a place that nobody has described. */
export function placesOf(path: string): { start: string; name: string; kind: Kind | 'shared' }[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map((match) => {
    const start = path.slice(0, match.index + match[0].length);
    const kind = places[start];
    if (!kind) throw new Error(`Say in places what ${start} names`);
    return { start, name: match[1] ?? '', kind };
  });
}

/** What stands in the places that are the same in every workspace. */
const shared: Record<string, string> = {
  '/api/compliance/checks/{key}': 'sponsor_present',
  '/api/templates/{id}': 'coding',
  '/api/entities/{type}': 'thing',
  '/api/entities/{type}/{id}': 'nothing',
};

/** The path with the ids in its places. */
export function fill(path: string, ids: Ids): string {
  const [...found] = placesOf(path);
  return path.replaceAll(/\{\w+\}/g, () => {
    const { kind = 'shared', start = '' } = found.shift() ?? {};
    return kind === 'shared' ? (shared[start] ?? '') : ids[kind];
  });
}

const empty = {};
const parameters = { type: 'object', properties: { n: { type: 'integer' } } };

/** A valid body for every verb, by operation. */
function bodies(ids: Ids): Record<string, Record<string, unknown>> {
  const name = `made-${newId('x').slice(-12)}`;
  return {
    'agents.create': {
      name,
      purpose: 'Is not made by this test.',
      sponsorId: ids.member,
      environment: 'production',
      model: 'scripted',
      clearance: 'Internal',
    },
    'agents.update': { sponsorId: ids.member },
    'agents.activate': empty,
    'agents.suspend': { reason: 'for a test' },
    'agents.retire': { reason: 'for a test' },
    'agent_roles.grant': { roleId: ids.role },
    'agent_roles.remove': empty,
    'roles.create': { name },
    'roles.update': { description: 'other' },
    'roles.retire': empty,
    'permissions.create': { roleId: ids.role, actionTypeId: ids.actionType, tier: 3 },
    'permissions.update': { tier: 1 },
    'permissions.remove': empty,
    'cedar_policies.create': { name, text: 'forbid (principal, action, resource);' },
    'cedar_policies.check': { text: 'forbid (principal, action, resource);' },
    'cedar_policies.update': { name },
    'cedar_policies.remove': empty,
    'cedar_schema.put': { text: 'entity thing;' },
    'entities.put': { type: 'thing', id: name },
    'entities.remove': empty,
    'policies.rollback': { why: 'for a test' },
    'policies.simulate': { id: ids.policyDraft, days: 1 },
    'policies.cancel_simulation': empty,
    'policies.prove': empty,
    'policies.cancel_proof': empty,
    'policies.explain': { agent: ids.agent, actionType: 'notes.tier_2' },
    'advisor.look': { days: 1 },
    'advisor.cancel': empty,
    'advisor.draft': empty,
    'advisor.dismiss': {
      reason: 'for a test',
      until: new Date(Date.now() + 86_400_000).toISOString().slice(0, 10),
    },
    'advisor.restore': empty,
    'drafts.create': { title: name },
    'drafts.edit': { edit: { do: 'revert', path: 'floors/irreversible' } },
    'drafts.discard': empty,
    'drafts.publish': { why: 'for a test' },
    'campaigns.create': {
      name,
      dueAt: new Date(Date.now() + 86_400_000).toISOString(),
      agents: [ids.agent],
      undone: 'remove',
    },
    'campaigns.preview': { agents: [ids.agent] },
    'campaigns.close': { reason: 'for a test' },
    'campaigns.decide': { decision: 'confirm' },
    'campaigns.decide_many': { items: [ids.campaignItem], decision: 'confirm' },
    'campaigns.settle': { settle: 'keep', reason: 'for a test' },
    'tools.create': {
      name,
      baseUrl: 'http://127.0.0.1:9',
      auth: { type: 'bearer' },
      secretId: ids.secret,
    },
    'tools.update': { auth: { type: 'bearer' }, secretId: ids.secret },
    'tools.retire': empty,
    'trail.create_sink': { name, target: { kind: 'webhook', url: 'http://127.0.0.1:9/' } },
    'trail.update_sink': { name },
    'trail.pause_sink': empty,
    'trail.resume_sink': empty,
    'trail.test_sink': empty,
    'trail.rotate_sink_secret': empty,
    'trail.retire_sink': empty,
    'action_types.create': {
      key: `made.${name.replaceAll('-', '_')}`,
      toolId: ids.tool,
      title: 'Other',
      parameters,
      effects: ['read'],
      reversibility: 'read_only',
      classification: 'Public',
      method: 'GET',
      pathTemplate: '/other',
    },
    'action_types.update': { toolId: ids.tool },
    'action_types.retire': empty,
    'action_type_data.set': { links: [] },
    'data_assets.create': { name, kind: 'table' },
    'data_assets.update': { description: 'other' },
    'data_assets.retire': empty,
    'data_fields.create': { name, classification: 'Internal' },
    'data_fields.update': { classification: 'Restricted' },
    'data_fields.remove': empty,
    'data_assets.propose_import': {
      format: 'json_schema',
      document: { title: name, properties: { email: { type: 'string' } } },
    },
    'data_assets.start_import': { secretId: ids.secret },
    'data_assets.cancel_import': empty,
    'data_assets.confirm_import': {
      assets: [
        {
          ...{ name, kind: 'document' },
          fields: [{ name: 'email', classification: 'Confidential', handling: 'mask' }],
        },
      ],
    },
    'approvals.ask': { question: 'Which photo is it?' },
    'approvals.narrow': { display_digest: 'sha256:0', parameters: { amount: 1 } },
    'approvals.read_sources': empty,
    'approvals.approve': empty,
    'approvals.reject': { reason: 'for a test' },
    'approvals.break_glass': { reason: 'nobody else can be reached' },
    'approvals.opened': empty,
    'approvals.batch': {
      ...{ decision: 'rejected', reason: 'for a test' },
      items: [{ id: newId('act'), display_digest: 'sha256:none' }],
    },
    'approval_grants.create': { minutes: 5, uses: 1, reason: 'for a test' },
    'approval_grants.revoke': empty,
    'planted_requests.plant': empty,
    'approver_groups.create': { name, members: [ids.member] },
    'approver_groups.update': { description: 'other' },
    'approver_groups.remove': empty,
    'approval_routes.create': {
      ...{ name, fits: { action_types: [name] } },
      needs: [{ group: ids.approverGroup, count: 1 }],
    },
    'approval_routes.update': { name: 'Other' },
    'approval_routes.remove': empty,
    'approval_delegations.create': {
      ...{ to: ids.deputy, ends_at: new Date(Date.now() + 3_600_000).toISOString() },
    },
    'approval_delegations.end': empty,
    'notification_channels.create': { name, kind: 'slack', url: 'http://127.0.0.1:9/' },
    'notification_channels.update': { name },
    'notification_channels.pause': empty,
    'notification_channels.resume': empty,
    'notification_channels.test': empty,
    'notification_channels.rotate_secret': empty,
    'notification_channels.remove': empty,
    'notifications.set_preference': { email: false },
    'reviews.draw': { day: '2026-01-01' },
    'reviews.verdict': { verdict: 'correct' },
    'reviews.update_settings': { minimum: 2 },
    'reviews.follow_up': { do: 'correct', note: 'for a test' },
    'reviews.close_finding': { note: 'for a test' },
    'reviews.draft_proposal': { move: 'raise' },
    'trail.verify': empty,
    'trail.create_search': { name, filters: { q: 'refund' } },
    'trail.delete_search': empty,
    'trail.create_export': { format: 'csv', filters: { tier: 3 } },
    'trail.cancel_export': empty,
    'trail.cancel_verification': empty,
    'trail.update_retention': { reads: 24 },
    'trail.place_hold': {
      filters: { type: 'action.*' },
      reason: 'for a test',
      owner: ids.member,
    },
    'trail.lift_hold': { reason: 'for a test' },
    'trail.roll_signing_key': empty,
    'trail.read_payload': { reason: 'for a test' },
    'trail.destroy_payload_key': { reason: 'for a test' },
    'identity.create_credential': { kind: 'secret', agentId: ids.agent },
    'identity.revoke_credential': empty,
    'vault.create_secret': { name, generate: true },
    'vault.update_secret': { description: 'other' },
    'vault.rotate_secret': { value: 'other' },
    'vault.revoke_secret': empty,
    'vault.rotate_credential': empty,
    'vault.finish_rotation': { reason: 'for a test' },
    'vault.collect_successor': empty,
    'compliance.run': empty,
    'configuration.plan': { files: { 'workspace.json': '{}' } },
    'configuration.apply': {
      files: { 'workspace.json': '{}' },
      digest: `sha256:${'0'.repeat(64)}`,
    },
    'templates.plan': { template: 'coding', name, model: 'scripted', tool: `none-${name}` },
    'workspace.update': { name: 'Other' },
    'members.change_password': { current: 'wrong', password: 'correct horse battery' },
    'members.begin_second_factor': empty,
    'members.confirm_second_factor': { code: '000000' },
    'members.disable_second_factor': { code: '000000' },
    'members.update': { name: 'Other' },
    'members.confirm': { roles: ['approver'], abilities: [] },
    'members.reject': empty,
    'members.disable': empty,
    'members.enable': empty,
    'members.reset_second_factor': empty,
    'invitations.create': { name, email: `${name}@example.test`, roles: ['auditor'] },
    'invitations.confirm': empty,
    'invitations.revoke': empty,
    'sessions.revoke': empty,
    'sessions.revoke_others': empty,
    'tokens.create': { name, scopes: ['read'] },
    'tokens.revoke': empty,
    'passkeys.begin': empty,
    'passkeys.register': {
      name,
      registration: {
        ...{ id: 'AAAA', rawId: 'AAAA', type: 'public-key' },
        response: { clientDataJSON: 'AAAA', attestationObject: 'AAAA' },
      },
    },
    'passkeys.rename': { name: 'Other' },
    'passkeys.set_sign_in': { on: true },
    'passkeys.remove': empty,
    'step_up.begin': empty,
    'step_up.perform': { password: 'wrong' },
  };
}

/** The body of an endpoint's request; undefined for a GET. Throws for a verb without one. */
export function bodyOf(endpoint: Endpoint, ids: Ids): Record<string, unknown> | undefined {
  if (endpoint.method === 'GET') return undefined;
  const { operation } = endpoint.operation;
  const body = bodies(ids)[operation];
  if (!body) throw new Error(`Give a valid body for ${operation}`);
  return body;
}

export interface Route {
  api: Api;
  endpoint: Endpoint;
  /** Such as `POST /api/agents/{id}/suspend`. */
  name: string;
}

/** Every endpoint of the console. */
export const routes: readonly Route[] = apis.flatMap((api) =>
  api.endpoints.map((endpoint) => ({ api, endpoint, name: `${endpoint.method} ${endpoint.path}` })),
);

export interface Answer {
  status: number;
  text: string;
  /** Fields that a 422 names. */
  fields: string[];
}

const Fields = z.object({ errors: z.array(z.object({ field: z.string() })).default([]) });

/** Calls the route's own handler as the holder of a personal access token. */
export async function call(
  { api, endpoint }: Route,
  token: string,
  path: string,
  body?: Record<string, unknown>,
): Promise<Answer> {
  const request = new NextRequest(`http://127.0.0.1${path}`, {
    method: endpoint.method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const response = await serve(api)[endpoint.method](request);
  const text = await response.text();
  const problem = response.status === 422 ? Fields.safeParse(JSON.parse(text)).data : undefined;
  return {
    status: response.status,
    text,
    fields: (problem?.errors ?? []).map(({ field }) => field),
  };
}

interface JsonSchema {
  pattern?: string;
  properties?: Record<string, JsonSchema>;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
}

const variants = (part: JsonSchema): JsonSchema[] => [
  part,
  ...[...(part.anyOf ?? []), ...(part.oneOf ?? []), ...(part.allOf ?? [])].flatMap(variants),
];

/** Every field that the input may have, with what it may be; those in the path left out. */
function fieldSchemas({ endpoint }: Route): [string, JsonSchema][] {
  const schema = z.toJSONSchema(endpoint.operation.input, { io: 'input', unrepresentable: 'any' });
  const inPath = new Set(placesOf(endpoint.path).map(({ name }) => name));
  return variants(schema as JsonSchema)
    .flatMap(({ properties }) => Object.entries(properties ?? {}))
    .filter(([field]) => !inPath.has(field));
}

/** The names of the input's own fields. */
export function fieldsOf(route: Route): string[] {
  return [...new Set(fieldSchemas(route).map(([field]) => field))];
}

/** The input's own fields that hold an id, with what it names; places of the path left out. */
export function references(route: Route): { field: string; kind: Kind }[] {
  const found = new Map<string, Kind>();
  for (const [field, value] of fieldSchemas(route)) {
    const pattern = variants(value).find((one) => one.pattern)?.pattern ?? '';
    const prefix = /^\^([a-z]{2,4})_\[0-9a-f\]/.exec(pattern)?.[1];
    if (prefix) found.set(field, kindOf(prefix));
  }
  return [...found].map(([field, kind]) => ({ field, kind }));
}
