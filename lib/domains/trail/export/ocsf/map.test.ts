import { describe, expect, it } from 'vitest';
import { judge, readOcsf } from '../test/ocsf-schema';
import type { Recorded } from './base';
import { toOcsf } from './map';

const schema = readOcsf();
type Event = Recorded['event'];

const member = { type: 'member', id: 'mbr_1' };
const agent = { type: 'agent', id: 'agt_1' };
const base: Event = {
  id: 'evt_1',
  time: '2026-11-21T22:16:35.123Z',
  workspace: 'ws_1',
  type: 'test.happened',
  actor: { type: 'job', id: 'test.load' },
};

function recorded(event: Partial<Event>): Recorded {
  return { index: 7, leafHash: 'AAAA', event: { ...base, ...event } };
}

const after = { name: 'Ada', email: 'ada@example.test' };
const roles = ['auditor'];
const of = (type: string, id: string) => ({ type, id });
const address = '::ffff:10.1.2.3';

/** What each kind of event becomes: class, activity, status, severity. */
const cases: [Partial<Event>, number, number, number, number][] = [
  [{}, 6003, 99, 1, 1],
  [{ type: 'data_asset.created', object: of('data_asset', 'dat_1') }, 6003, 1, 1, 1],
  [{ type: 'action.decided', actor: agent, outcome: 'allow', policy_version: '3' }, 6003, 99, 1, 1],
  [{ type: 'action.decided', actor: agent, outcome: 'hold', tier: 3 }, 6003, 99, 99, 2],
  [{ type: 'action.decided', actor: agent, outcome: 'deny', session: 'ses_1' }, 6003, 99, 2, 3],
  [{ type: 'action.succeeded', actor: agent, outcome: 'succeeded' }, 6003, 99, 1, 1],
  [{ type: 'action.unknown', actor: agent, outcome: 'unknown' }, 6003, 99, 0, 3],
  [{ type: 'approval.approved', actor: member, outcome: 'approved' }, 6003, 99, 1, 1],
  [{ type: 'approval.rejected', actor: member, outcome: 'rejected' }, 6003, 99, 2, 3],
  [{ type: 'approval.expired', outcome: 'expired' }, 6003, 99, 2, 2],
  [{ type: 'request.refused', actor: member, outcome: 'refused' }, 6003, 99, 2, 3],
  [{ type: 'session.started', actor: { ...agent, on_behalf_of: 'cus_1' } }, 6003, 99, 1, 1],
  [{ type: 'trail.exported', actor: member, object: of('trail', 'ws_1') }, 6003, 2, 1, 1],
  [{ type: 'member.signed_in', actor: member, data: { address, method: 'oidc' } }, 3002, 1, 1, 1],
  [{ type: 'member.sign_in_failed', outcome: 'refused', data: { address: 'x' } }, 3002, 1, 2, 3],
  [{ type: 'member.signed_out', actor: member }, 3002, 2, 1, 1],
  [{ type: 'member_session.revoked', object: of('member_session', 'mss_1') }, 3002, 2, 1, 1],
  [{ type: 'token.issued', actor: agent, agent: 'agt_1' }, 3002, 3, 1, 1],
  [{ type: 'token.refused', actor: agent, outcome: 'refused' }, 3002, 3, 2, 3],
  [{ type: 'token.revoked', actor: agent }, 3002, 99, 1, 1],
  [{ type: 'member.added', object: of('member', 'mbr_2'), data: { after } }, 3001, 1, 1, 1],
  [{ type: 'member.enabled', object: of('member', 'mbr_2') }, 3001, 2, 1, 1],
  [{ type: 'member.disabled', object: of('member', 'mbr_2') }, 3001, 5, 1, 1],
  [{ type: 'member.password_changed', actor: member }, 3001, 3, 1, 1],
  [{ type: 'member.second_factor_enabled', actor: member }, 3001, 10, 1, 1],
  [{ type: 'member.passkey_registered', actor: member }, 3001, 10, 1, 1],
  [{ type: 'member.passkey_removed', actor: member }, 3001, 11, 1, 1],
  [{ type: 'member.second_factor_reset', actor: member }, 3001, 11, 1, 1],
  [{ type: 'member.updated', object: of('member', 'm'), data: { after } }, 3001, 99, 1, 1],
  [{ type: 'invitation.created', object: of('invitation', 'i'), data: { after } }, 3001, 99, 1, 1],
  [{ type: 'credential.created', agent: 'agt_1' }, 3001, 99, 1, 1],
  [{ type: 'access_token.revoked', actor: member }, 3001, 99, 1, 1],
  [{ type: 'member.updated', actor: member, data: { after: { roles } } }, 3005, 1, 1, 1],
  [{ type: 'member.confirmed', actor: member, data: { after: { roles } } }, 3005, 1, 1, 1],
  [{ type: 'agent_role.granted', agent: 'a', object: of('role', 'rol_1') }, 3005, 1, 1, 1],
  [{ type: 'agent_role.removed', agent: 'a' }, 3005, 2, 1, 1],
  [{ type: 'role.created', object: of('role', 'rol_1'), data: { after } }, 3006, 6, 1, 1],
  [{ type: 'role.updated', object: of('role', 'rol_1') }, 3006, 99, 1, 1],
  [{ type: 'role.retired', object: of('role', 'rol_1') }, 3006, 5, 1, 1],
  [{ type: 'permission.created', object: of('permission', 'prm_1') }, 3006, 1, 1, 1],
  [{ type: 'permission.removed' }, 3006, 2, 1, 1],
  [{ type: 'agent.created', object: of('agent', 'agt_1'), data: { after } }, 3004, 1, 1, 1],
  [{ type: 'agent.activated' }, 3004, 10, 1, 1],
  [{ type: 'agent.suspended', data: { reason: 'at lunch' } }, 3004, 12, 1, 1],
  [{ type: 'tool.retired', object: of('tool', 'tol_1') }, 3004, 4, 1, 1],
  [{ type: 'rotation.step_failed', outcome: 'failed' }, 3004, 99, 2, 3],
  [
    { type: 'compliance.run_finished', data: { checks: { one: 'passed', two: 'failed' } } },
    2003,
    1,
    1,
    3,
  ],
  [{ type: 'compliance.run_finished', data: { checks: { one: 'passed' } } }, 2003, 1, 4, 1],
  [{ type: 'compliance.run_finished', data: { checks: { one: 'error' } } }, 2003, 1, 1, 3],
  [{ type: 'compliance.finding_resolved' }, 2003, 3, 4, 1],
  [{ type: 'trail.verified', outcome: 'failed', data: { detail: 'index 4' } }, 2004, 1, 1, 5],
  [{ type: 'trail.verified', outcome: 'succeeded' }, 6003, 2, 1, 1],
  [{ type: 'anomaly.found', agent: 'agt_1' }, 2004, 1, 1, 4],
];

/** What an event may hold that tries a mapping. */
const hostile: Partial<Event>[] = [
  { type: 'a', actor: { type: 'webhook', id: '' } },
  { type: 'a.b.c_d', classification: 'Restricted', outcome: 'not a known one' },
  { type: 'member.added', data: { after: { name: 7, email: 'nobody', roles: 'all' } } },
  { type: 'member.updated', data: { after: { roles: [1, null] }, before: null } },
  { type: 'compliance.run_finished', data: { checks: [] } },
  { type: 'compliance.run_finished', data: { checks: 'none', reason: { sealed: 1 } } },
  { type: 'agent.suspended', data: { reason: 'é"\n'.repeat(9_000), sentence: '' } },
  { type: 'action.decided', outcome: 'deny', classification: 'Internal', digest: 'x', tier: 3 },
  { type: 'permission.updated', data: { after: { roleId: ['x'], name: {} } } },
  { type: 'constructor.toString', actor: { type: 'toString', id: '__proto__' } },
  { type: 'toString', outcome: 'constructor', classification: 'toString' },
];

describe.skipIf(!schema)(
  'by the published schema (../shared/vectors/ocsf; skipped without)',
  () => {
    if (!schema) return;

    it.each(cases)('%j is of class %i, activity %i', (event, uid, activity, status, severity) => {
      const made = toOcsf(recorded(event));
      expect(judge(schema, JSON.parse(JSON.stringify(made)))).toEqual([]);
      expect(made).toMatchObject({
        class_uid: uid,
        activity_id: activity,
        status_id: status,
        severity_id: severity,
        time: Date.parse(base.time),
        metadata: { uid: 'evt_1', sequence: 7, tenant_uid: 'ws_1' },
        unmapped: { index: 7, leaf_hash: 'AAAA' },
      });
    });

    it.each(hostile)('%j is valid too', (event) => {
      expect(judge(schema, JSON.parse(JSON.stringify(toOcsf(recorded(event)))))).toEqual([]);
    });

    it('names the address, the user acted for, and what a decision did', () => {
      expect(toOcsf(recorded({ type: 'member.signed_in', data: { address } }))).toMatchObject({
        src_endpoint: { ip: '10.1.2.3' },
      });
      const held = toOcsf(
        recorded({
          type: 'action.decided',
          actor: { ...agent, on_behalf_of: 'cus_1' },
          action: 'act_1',
          session: 'ses_1',
          object: of('action_type', 'refunds.create'),
          outcome: 'hold',
          classification: 'Confidential',
          data: { summary: 'Refund $750', parameters: { amount: 750 } },
        }),
      );
      expect(held).toMatchObject({
        message: 'Refund $750',
        actor: { user: { uid: 'cus_1', type_id: 1 }, app_uid: 'agt_1', session: { uid: 'ses_1' } },
        api: { operation: 'refunds.create', request: { uid: 'act_1' } },
        action: 'Held',
        disposition_id: 14,
        metadata: {
          correlation_uid: 'act_1',
          profiles: ['security_control', 'data_classification'],
          data_classifications: [{ confidentiality_id: 2 }],
        },
        unmapped: { action: 'act_1', data: { parameters: { amount: 750 } } },
      });
    });

    const good = () => JSON.parse(JSON.stringify(toOcsf(recorded({ actor: member }))));
    const faults: [string, (event: ReturnType<typeof good>) => void, RegExp][] = [
      ['a class that is not there', (e) => (e.class_uid = 1), /^class_uid: no class/],
      ['another version', (e) => (e.metadata.version = '1.7.0'), /^metadata\.version/],
      ['a required attribute left out', (e) => delete e.api, /^api: is missing/],
      ['one left out within', (e) => delete e.api.operation, /^api\.operation: is missing/],
      ['an unknown attribute', (e) => (e.colour = 'red'), /^colour: is no attribute/],
      ['one within', (e) => (e.actor.user.mood = 1), /^actor\.user\.mood: is no/],
      ['a wrong type', (e) => (e.time = 'now'), /^time: is not of type timestamp_t/],
      ['a wrong type within', (e) => (e.api.request.uid = 7), /^api\.request\.uid: is not of/],
      ['a value not listed', (e) => (e.severity_id = 42), /^severity_id: 42 is not among/],
      [
        'a caption of another value',
        (e) => (e.severity = 'High'),
        /^severity_id: is Informational/,
      ],
      ['other without a word', (e) => delete e.activity_name, /^activity_id: is other/],
      ['a sum that is not right', (e) => (e.type_uid += 1), /^type_uid: is not class_uid/],
      ['no one of several', (e) => (e.actor.user = { type_id: 1 }), /^actor\.user\.: has none of/],
      ['a profile not declared', (e) => (e.action_id = 1), /^action_id: is of a profile/],
      ['a profile without its own', (e) => (e.metadata.profiles = ['cloud']), /^cloud: is missing/],
      ['a deprecated attribute', (e) => (e.actor.invoked_by = 'x'), /^actor\.invoked_by: is depr/],
      ['an address that is none', (e) => (e.src_endpoint.ip = '1.2'), /^src_endpoint\.ip: is not/],
      ['no array', (e) => (e.resources = {}), /^resources: is no array/],
      ['no object', (e) => (e.actor = []), /^actor: is no object/],
    ];

    it.each(faults)('%s is found', (_, spoil, message) => {
      const event = good();
      expect(judge(schema, event)).toEqual([]);
      spoil(event);
      expect(judge(schema, event).filter((each) => message.test(each))).toHaveLength(1);
    });
  },
);
