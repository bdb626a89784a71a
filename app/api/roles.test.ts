import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NO_ROLE } from '@/lib/kernel/actor';
import { nobodys } from './test/ids';
import { bodyOf, call, fill, placesOf, type Route, routes } from './test/requests';
import { eventsOf, rowsOf, saidSince } from './test/state';
import {
  makeSurroundings,
  makeWorld,
  type Member,
  type Surroundings,
  type World,
} from './test/world';

const roles = ['admin', 'approver', 'auditor'] as const;
type Role = (typeof roles)[number];

const admin: Role[] = ['admin'];

/**
 * Who may perform each verb on what is someone else's. `browser`: any member, signed in to
 * the console, and no access token whatever its owner's roles.
 */
const may: Record<string, Role[] | 'browser'> = {
  'agents.create': admin,
  'agents.update': admin,
  'agents.activate': admin,
  'agents.suspend': admin,
  'agents.retire': admin,
  'agent_roles.grant': admin,
  'agent_roles.remove': admin,
  'identity.create_credential': admin,
  'identity.revoke_credential': admin,
  'vault.rotate_credential': admin,
  'roles.create': admin,
  'roles.update': admin,
  'roles.retire': admin,
  'permissions.create': admin,
  'permissions.update': admin,
  'permissions.remove': admin,
  'cedar_policies.create': admin,
  'cedar_policies.check': admin,
  'cedar_policies.update': admin,
  'cedar_policies.remove': admin,
  'cedar_schema.put': admin,
  'entities.put': admin,
  'entities.remove': admin,
  'policies.rollback': admin,
  'policies.simulate': admin,
  'policies.cancel_simulation': admin,
  'policies.prove': admin,
  'policies.cancel_proof': admin,
  // It changes nothing but the trail.
  'policies.explain': ['admin', 'approver', 'auditor'],
  'advisor.look': admin,
  'advisor.cancel': admin,
  'advisor.draft': admin,
  'advisor.dismiss': admin,
  'advisor.restore': admin,
  'drafts.create': admin,
  'drafts.edit': admin,
  'drafts.discard': admin,
  'drafts.publish': admin,
  'campaigns.create': admin,
  'campaigns.preview': admin,
  'campaigns.close': admin,
  'campaigns.settle': admin,
  // No role has it: an agent's sponsor decides, and an admin only what is escalated.
  'campaigns.decide': [],
  'campaigns.decide_many': [],
  'tools.create': admin,
  'tools.update': admin,
  'tools.retire': admin,
  'action_types.create': admin,
  'action_types.update': admin,
  'action_types.retire': admin,
  'action_type_data.set': admin,
  'data_assets.create': admin,
  'data_assets.update': admin,
  'data_assets.retire': admin,
  'data_assets.propose_import': admin,
  'data_assets.confirm_import': admin,
  'data_assets.start_import': admin,
  'data_assets.cancel_import': admin,
  'data_fields.create': admin,
  'data_fields.update': admin,
  'data_fields.remove': admin,
  'approvals.ask': ['approver'],
  'approvals.narrow': ['approver'],
  'approvals.read_sources': ['approver'],
  'approvals.approve': ['approver'],
  'approvals.reject': ['approver'],
  'approvals.break_glass': ['admin', 'approver'],
  'approvals.opened': ['approver'],
  'approvals.batch': ['approver'],
  'approval_grants.create': ['approver'],
  // Its own granter may revoke it as well, whoever that is.
  'approval_grants.revoke': admin,
  'planted_requests.plant': admin,
  'approver_groups.create': admin,
  'approver_groups.update': admin,
  'approver_groups.remove': admin,
  'approval_routes.create': admin,
  'approval_routes.update': admin,
  'approval_routes.remove': admin,
  'approval_delegations.create': ['approver'],
  // Their own approver may end it as well, whoever that is.
  'approval_delegations.end': admin,
  'notification_channels.create': admin,
  'notification_channels.update': admin,
  'notification_channels.pause': admin,
  'notification_channels.resume': admin,
  'notification_channels.test': admin,
  'notification_channels.rotate_secret': admin,
  'notification_channels.remove': admin,
  'notifications.set_preference': 'browser',
  'reviews.draw': ['admin', 'auditor'],
  'reviews.verdict': ['approver'],
  'reviews.update_settings': admin,
  'reviews.follow_up': ['admin', 'approver'],
  'reviews.close_finding': ['admin', 'approver'],
  'reviews.draft_proposal': admin,
  'trail.verify': ['admin', 'auditor'],
  'trail.create_search': ['admin', 'auditor'],
  'trail.delete_search': admin,
  'trail.roll_signing_key': admin,
  'trail.create_export': ['admin', 'auditor'],
  'trail.cancel_export': ['admin', 'auditor'],
  'trail.cancel_verification': ['admin', 'auditor'],
  'trail.update_retention': admin,
  'trail.place_hold': ['admin', 'auditor'],
  'trail.lift_hold': admin,
  'trail.create_sink': admin,
  'trail.update_sink': admin,
  'trail.pause_sink': admin,
  'trail.resume_sink': admin,
  'trail.test_sink': admin,
  'trail.rotate_sink_secret': admin,
  'trail.retire_sink': admin,
  // No role has it: the ability is given to one member at a time.
  'trail.read_payload': [],
  'trail.destroy_payload_key': admin,
  'vault.create_secret': admin,
  'vault.update_secret': admin,
  'vault.rotate_secret': admin,
  'vault.revoke_secret': admin,
  'vault.finish_rotation': admin,
  'vault.collect_successor': admin,
  'compliance.run': ['admin', 'auditor'],
  'configuration.plan': admin,
  'configuration.apply': admin,
  'templates.plan': admin,
  'workspace.update': admin,
  'members.update': admin,
  'members.confirm': admin,
  'members.reject': admin,
  'members.disable': admin,
  'members.enable': admin,
  'members.reset_second_factor': admin,
  'members.change_password': 'browser',
  'members.begin_second_factor': 'browser',
  'members.confirm_second_factor': 'browser',
  'members.disable_second_factor': 'browser',
  'invitations.create': admin,
  'invitations.confirm': admin,
  'invitations.revoke': admin,
  'sessions.revoke': admin,
  'sessions.revoke_others': 'browser',
  'tokens.create': 'browser',
  'tokens.revoke': admin,
  'passkeys.begin': 'browser',
  'passkeys.register': 'browser',
  'passkeys.rename': 'browser',
  'passkeys.set_sign_in': 'browser',
  'passkeys.remove': 'browser',
  'step_up.begin': 'browser',
  'step_up.perform': 'browser',
};

/** What a member reads of themselves, whatever their roles; all else takes one. */
const own = new Set([
  'workspace.me',
  'sessions.list',
  'tokens.list',
  'passkeys.list',
  'passkeys.signing_options',
  'notifications.preference',
]);

const reads = routes.filter(({ endpoint }) => endpoint.method === 'GET');
const verbs = routes.filter(({ endpoint }) => endpoint.method !== 'GET');

/** A whole workspace takes a while on a busy machine. */
const SETUP_LIMIT_MS = 400_000;

let around: Surroundings;
let world: World;
const members = new Map<Role | 'none', Member>();

beforeAll(async () => {
  around = await makeSurroundings();
  world = await makeWorld(around);
  members.set('none', await world.member());
  for (const role of roles) members.set(role, await world.member(role));
}, SETUP_LIMIT_MS);

afterAll(() => around?.close());

function allowedFor({ endpoint }: Route): Role[] {
  const allowed = may[endpoint.operation.operation];
  if (!allowed) throw new Error(`Say who may ${endpoint.operation.operation}`);
  return allowed === 'browser' ? [] : allowed;
}

function tokenOf(role: Role | 'none'): string {
  return members.get(role)?.token ?? '';
}

describe('a member without the role', () => {
  it.each(verbs)('is refused $name and nothing is written', async (route) => {
    const { endpoint } = route;
    const { workspace, ids } = world;
    const refused = [...members.keys()].filter((role) => !allowedFor(route).includes(role as Role));
    const rows = await rowsOf(around.owner, workspace);
    const events = await eventsOf(around, workspace);
    for (const role of refused) {
      const target = fill(endpoint.path, ids);
      const { status, text } = await call(route, tokenOf(role), target, bodyOf(endpoint, ids));
      expect([role, status, text]).toEqual([role, 403, expect.stringContaining('"forbidden"')]);
    }
    expect(await rowsOf(around.owner, workspace)).toEqual(rows);
    const said = await saidSince(around, workspace, events);
    expect(said.map(({ type, object }) => [type, object?.id])).toEqual(
      refused.map(() => ['request.refused', endpoint.operation.operation]),
    );
  });
});

describe('a member with the role', () => {
  const withIds = verbs.filter(({ endpoint }) => placesOf(endpoint.path).length > 0);

  it.each(withIds)('gets past it at $name', async (route) => {
    const { endpoint } = route;
    const target = fill(endpoint.path, nobodys());
    for (const role of allowedFor(route)) {
      const { status } = await call(route, tokenOf(role), target, bodyOf(endpoint, world.ids));
      expect([role, status]).toEqual([role, 404]);
    }
  });
});

// Of the verbs they are refused above: with the token of one, all of them.
describe('a member without any role', () => {
  const isOwn = ({ endpoint }: Route) => own.has(endpoint.operation.operation);

  it.each(reads.filter((route) => !isOwn(route)))('is refused $name', async (route) => {
    const { endpoint } = route;
    const { workspace, ids } = world;
    const rows = await rowsOf(around.owner, workspace);
    const events = await eventsOf(around, workspace);
    const { status, text } = await call(route, tokenOf('none'), fill(endpoint.path, ids));
    expect([status, text]).toEqual([403, expect.stringContaining('"forbidden"')]);
    // What any role opens is refused for want of one; what some do, with whom to ask for it.
    expect(JSON.parse(text).detail).toMatch(/You have no role .* Ask an admin|admin/);
    expect(await rowsOf(around.owner, workspace)).toEqual(rows);
    const said = await saidSince(around, workspace, events);
    expect(said.map(({ type, object }) => [type, object?.id])).toEqual([
      ['request.refused', endpoint.operation.operation],
    ]);
  });

  it.each(reads.filter(isOwn))('reads their own at $name', async (route) => {
    const { id } = members.get('none') as Member;
    const { status, text } = await call(route, tokenOf('none'), route.endpoint.path);
    expect(status).toBe(200);
    const others = [...members.values()].filter((member) => member.id !== id);
    expect(others.filter((member) => text.includes(member.id))).toEqual([]);
  });

  it('is told so by what every role opens', async () => {
    for (const path of ['/api/approvals', '/api/reviews', '/api/agents', '/api/overview']) {
      const route = reads.find(({ endpoint }) => endpoint.path === path) as Route;
      const { text } = await call(route, tokenOf('none'), path);
      expect([path, JSON.parse(text).detail]).toEqual([path, NO_ROLE]);
    }
  });
});

it('says who may for no verb that is gone', () => {
  const known = new Set(verbs.map(({ endpoint }) => endpoint.operation.operation));
  expect(Object.keys(may).filter((name) => !known.has(name))).toEqual([]);
  const read = new Set(reads.map(({ endpoint }) => endpoint.operation.operation));
  expect([...own].filter((name) => !read.has(name))).toEqual([]);
});
