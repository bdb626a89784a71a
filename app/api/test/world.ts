/** A workspace with one of everything, made through the console's own operations and the gateway. */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { startGateway } from '@/lib/domains/gateway/server';
import { issueAccessToken } from '@/lib/domains/identity/server';
import { drainOutbox, trailJobs } from '@/lib/domains/trail/server';
import { addMember, createWorkspace } from '@/lib/domains/workspaces/server';
import { newDataKey } from '@/lib/infra/crypto';
import { ownerUrl } from '@/lib/infra/db-roles';
import { waitUntil } from '@/lib/infra/embedded/processes';
import { type Context, jobContext } from '@/lib/kernel/context';
import { newId } from '@/lib/kernel/ids';
import { askAbout } from './asked';
import type { Ids } from './ids';
import { made, makeFinding, makeRouting, perform } from './parts';
import { makeReviewed } from './reviewed';
import type { Owners } from './state';

const SEED = 'demo.seed';
const PATIENCE_MS = 60_000;

export interface Member {
  id: string;
  /** Personal access token with both scopes. */
  token: string;
  ctx: Context;
}

export interface World {
  workspace: string;
  ids: Ids;
  /** Has every role, and may read protected payloads. */
  all: Member;
  member: (...roles: string[]) => Promise<Member>;
  /** In the names of all that was made here, and nowhere else. */
  mark: string;
  agent: GatewayCaller;
}

export type GatewayCaller = (
  method: string,
  path: string,
  body?: unknown,
) => Promise<{ status: number; body: Record<string, unknown> }>;

export interface Surroundings extends Owners {
  gateway: string;
  tool: string;
  close: () => Promise<void>;
}

/** A gateway, a tool that says yes, and the owner's view of the databases. */
export async function makeSurroundings(): Promise<Surroundings> {
  const tool = createServer((request, response) => {
    request.resume().on('end', () => response.end('{}'));
  });
  await new Promise<void>((resolve) => tool.listen(0, '127.0.0.1', resolve));
  const gateway = await startGateway({ host: '127.0.0.1', port: 0 });
  const owner = new pg.Pool({ connectionString: ownerUrl('control'), max: 2 });
  const trail = new pg.Pool({ connectionString: ownerUrl('trail'), max: 2 });
  return {
    gateway: gateway.url,
    tool: `http://127.0.0.1:${(tool.address() as AddressInfo).port}`,
    ...{ owner, trail },
    close: async () => {
      await gateway.stop();
      await owner.end();
      await trail.end();
      tool.closeAllConnections();
      await new Promise((resolve) => tool.close(resolve));
    },
  };
}

export async function makeWorld(around: Surroundings): Promise<World> {
  const mark = randomUUID().slice(0, 13);
  const first = await createWorkspace(
    { name: `Workspace ${mark}` },
    { name: `Ada ${mark}`, email: `${randomUUID()}@${mark}.test`, password: randomUUID() },
    SEED,
  );
  const { workspace } = first;
  const member = async (...roles: string[]): Promise<Member> => {
    const { id } = await addMember(jobContext(workspace, SEED), {
      name: `Member ${mark}`,
      email: `${randomUUID()}@${mark}.test`,
      roles,
      password: randomUUID(),
    });
    const ctx = contextOf(workspace, id, roles);
    const { token } = await perform(ctx, 'tokens.create', {
      name: `Token ${mark}`,
      scopes: ['read', 'write'],
    });
    return { id, token: String(token), ctx };
  };
  const all = await member('admin', 'approver', 'auditor');
  await around.owner.query(`UPDATE members SET abilities = '{trail.payload}' WHERE id = $1`, [
    all.id,
  ]);
  const ids = await makeRegistry(all.ctx, first.member, mark, around);
  const deputy = await member('approver');
  Object.assign(ids, await makeRouting(all.ctx, mark, deputy.id));
  const agent = await callerOf(all.ctx, ids.agent, around.gateway);
  Object.assign(ids, await makeActions(agent, all.ctx, around, ids));
  const grant = { id: ids.held, minutes: 60, uses: 1, reason: `For ${mark}` };
  ids.approvalGrant = made(await perform(deputy.ctx, 'approval_grants.create', grant));
  ids.export = await makeExport(all.ctx);
  return { workspace, ids, all, member, mark, agent };
}

function contextOf(workspace: string, id: string, roles: string[]): Context {
  return {
    workspace,
    requestId: newId('req'),
    actor: {
      type: 'member',
      id,
      name: 'Member',
      roles,
      abilities: [],
      method: 'password',
      authenticatedAt: Date.now(),
      sessionId: newId('mss'),
    },
  };
}

type Registry = Omit<
  Ids,
  | 'session'
  | 'action'
  | 'held'
  | 'question'
  | 'sample'
  | 'reviewFinding'
  | 'export'
  | 'event'
  | 'verification'
  | 'hold'
>;

async function makeRegistry(
  ctx: Context,
  sponsorId: string,
  mark: string,
  { owner, tool }: Surroundings,
): Promise<Ids> {
  const name = `own-${mark}`;
  const kept = await perform(ctx, 'vault.create_secret', { name, generate: true });
  const secret = made(kept['secret'] as Record<string, unknown>);
  const toolId = made(
    await perform(ctx, 'tools.create', { name, baseUrl: tool, auth: { type: 'none' } }),
  );
  const role = made(await perform(ctx, 'roles.create', { name }));
  const agent = made(
    await perform(ctx, 'agents.create', {
      name,
      purpose: `Works for ${mark} only.`,
      sponsorId,
      environment: 'production',
      model: 'scripted',
      clearance: 'Internal',
    }),
  );
  const types: string[] = [];
  const permissions: string[] = [];
  for (const tier of [2, 3]) {
    const type = await perform(ctx, 'action_types.create', {
      key: `notes.tier_${tier}`,
      toolId,
      title: `Note for ${mark}`,
      parameters: { type: 'object', properties: {}, additionalProperties: false },
      effects: ['write'],
      reversibility: 'reversible',
      classification: 'Internal',
      method: 'POST',
      pathTemplate: '/notes',
    });
    types.push(made(type));
    const grant = { roleId: role, actionTypeId: made(type), tier };
    permissions.push(made(await perform(ctx, 'permissions.create', grant)));
  }
  await perform(ctx, 'cedar_schema.put', { text: 'entity thing { note?: String };' });
  await perform(ctx, 'entities.put', { type: 'thing', id: mark, properties: { note: mark } });
  const cedarPolicy = made(
    await perform(ctx, 'cedar_policies.create', {
      name: 'no-strangers',
      text: `forbid (principal is Agent, action, resource) when { principal.name == "${mark}" };`,
    }),
  );
  const asset = made(await perform(ctx, 'data_assets.create', { name, kind: 'table' }));
  const field = await perform(ctx, 'data_fields.create', {
    ...{ id: asset, name, classification: 'Internal', note: mark },
  });
  await perform(ctx, 'action_type_data.set', {
    id: types[0] ?? '',
    links: [{ direction: 'output', path: 'note', fieldId: made(field) }],
  });
  await perform(ctx, 'agent_roles.grant', { id: agent, roleId: role });
  await perform(ctx, 'agents.activate', { id: agent });
  const campaign = made(
    await perform(ctx, 'campaigns.create', {
      name: `Review ${mark}`,
      dueAt: new Date(Date.now() + 30 * 86_400_000).toISOString(),
      agents: 'all',
      undone: 'escalate',
    }),
  );
  const asked = await perform(ctx, 'campaigns.items', { id: campaign });
  const campaignItem = made((asked['items'] as Record<string, unknown>[])[0] ?? {});
  const issued = await perform(ctx, 'identity.create_credential', {
    kind: 'secret',
    agentId: agent,
  });
  const credential = made(issued['credential'] as Record<string, unknown>);
  const rotated = await perform(ctx, 'vault.rotate_credential', { id: credential });
  const invitation = await perform(ctx, 'invitations.create', {
    name: `Guest ${mark}`,
    email: `${randomUUID()}@${mark}.test`,
    roles: ['auditor'],
  });
  const sink = await perform(ctx, 'trail.create_sink', {
    name: mark,
    target: { kind: 'webhook', url: tool },
  });
  const search = await perform(ctx, 'trail.create_search', {
    name: mark,
    filters: { q: mark },
    shared: true,
  });
  const channel = await perform(ctx, 'notification_channels.create', {
    ...{ name: `Channel ${mark}`, kind: 'webhook', url: tool },
  });
  await perform(ctx, 'compliance.run', {});
  const tokens = await perform(ctx, 'tokens.list', {});
  const memberSession = newId('mss');
  await owner.query(
    `INSERT INTO member_sessions (id, workspace_id, member_id, method, expires_at)
     VALUES ($1, $2, $3, 'password', now() + interval '1 day')`,
    [memberSession, ctx.workspace, sponsorId],
  );
  const passkey = newId('pky');
  await owner.query(
    `INSERT INTO passkeys
       (id, workspace_id, member_id, name, credential_id, public_key, algorithm, counter, backed_up)
     VALUES ($1, $2, $3, $4, $1, '\\x00', 'ES256', 0, false)`,
    [passkey, ctx.workspace, sponsorId, mark],
  );
  const payloadKey = newId('tky');
  await owner.query(
    `INSERT INTO trail_keys (id, workspace_id, month, classification, wrapped)
     VALUES ($1, $2, '2020-01', 'Restricted', $3)`,
    [payloadKey, ctx.workspace, newDataKey(`${ctx.workspace}:trail:2020-01.Restricted`)],
  );
  const explanation = await perform(ctx, 'policies.explain', { agent, actionType: 'notes.tier_2' });
  const finding = await makeFinding(ctx, owner, { agent, name });
  const draft = await perform(ctx, 'drafts.create', { title: `For ${mark}` });
  const versions = await perform(ctx, 'policies.list', {});
  const registry: Registry = {
    finding,
    explanation: made(explanation),
    policyDraft: made(draft),
    policyVersion: made((versions['items'] as Record<string, unknown>[])[1] ?? {}),
    payloadKey,
    agent,
    credential,
    tool: toolId,
    actionType: types[0] ?? '',
    dataAsset: asset,
    dataField: made(field),
    dataImport: made(await perform(ctx, 'data_assets.start_import', { secretId: secret })),
    role,
    permission: permissions[0] ?? '',
    cedarPolicy,
    campaign,
    campaignItem,
    secret,
    rotation: made(rotated['rotation'] as Record<string, unknown>),
    member: sponsorId,
    memberSession,
    passkey,
    token: made((tokens['items'] as Record<string, unknown>[])[0] ?? {}),
    invitation: made(invitation),
    sink: made(sink['sink'] as Record<string, unknown>),
    savedSearch: made(search),
    notificationChannel: made(channel['channel'] as Record<string, unknown>),
    deputy: '',
    approverGroup: '',
    approvalRoute: '',
    delegation: '',
    approvalGrant: '',
  };
  return {
    ...registry,
    session: '',
    action: '',
    held: '',
    question: '',
    sample: '',
    reviewFinding: '',
    export: '',
    event: '',
    verification: '',
    hold: '',
  };
}

async function callerOf(ctx: Context, agentId: string, gateway: string): Promise<GatewayCaller> {
  const { workspace } = ctx;
  const issued = await perform(ctx, 'identity.create_credential', { kind: 'secret', agentId });
  const credentialId = made(issued['credential'] as Record<string, unknown>);
  const { token } = issueAccessToken(gateway, { workspace, agentId, credentialId });
  return async (method, path, body) => {
    const response = await fetch(`${gateway}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        'idempotency-key': newId('key'),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, body: text ? JSON.parse(text) : {} };
  };
}

/** A session with one action that ran and one that waits; the first is in the sample. */
async function makeActions(
  agent: GatewayCaller,
  ctx: Context,
  { owner }: Surroundings,
  ids: Ids,
): Promise<
  Pick<
    Ids,
    | 'session'
    | 'action'
    | 'held'
    | 'question'
    | 'sample'
    | 'reviewFinding'
    | 'event'
    | 'verification'
    | 'hold'
  >
> {
  const started = await agent('POST', '/v1/sessions', {
    initiator: { type: 'customer', id: 'cus_1' },
    auth_context: { method: 'password' },
  });
  const session = made(started.body);
  const propose = async (tier: number) =>
    made((await agent('POST', '/v1/actions', proposal(session, tier))).body);
  const action = await propose(2);
  const held = await propose(3);
  const ended = async () => {
    const { rows } = await owner.query('SELECT status FROM actions WHERE id = $1', [action]);
    return rows[0]?.status === 'succeeded';
  };
  if (!(await waitUntil(ended, PATIENCE_MS)))
    throw new Error(`The action of agent ${ids.agent} did not run`);
  const reviewed = await makeReviewed(owner, ctx.workspace, action, ids.member);
  const by = ids.deputy;
  const question = await askAbout(owner, { workspace: ctx.workspace, held, by });
  await drainOutbox();
  const found = await perform(ctx, 'trail.search', { action: held });
  const event = made((found['items'] as never[])[0] ?? {});
  const verification = made(await perform(ctx, 'trail.verify', {}));
  const hold = made(
    await perform(ctx, 'trail.place_hold', {
      filters: { action: held },
      reason: `For ${ctx.workspace}`,
      owner: ids.member,
    }),
  );
  return { session, action, held, question, ...reviewed, event, verification, hold };
}

/** An export whose file is made. */
async function makeExport(ctx: Context): Promise<string> {
  const id = made(await perform(ctx, 'trail.create_export', {}));
  const job = trailJobs.find(({ name }) => name === 'trail.export');
  await job?.perform(ctx.workspace, { id });
  return id;
}

/** A proposal that is decided at this tier. */
export function proposal(session: string, tier: number): Record<string, unknown> {
  return {
    session,
    action: `notes.tier_${tier}`,
    parameters: {},
    summary: 'A note',
    why: 'It was said',
  };
}
