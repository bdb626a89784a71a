import {
  actorOf,
  type Attributes,
  changed,
  type Recorded,
  sourceOf,
  table,
  text,
  userOf,
  wordOf,
} from './base';
import {
  accountChange,
  authentication,
  classified,
  entityManagement,
  groupManagement,
  OTHER,
  userAccess,
} from './classes';
import { severityOf, statusOf } from './status';

type Event = Recorded['event'];

/** As OCSF's email_t has it. */
const EMAIL = /^[a-zA-Z0-9!#$%&'*+-/=?^_`{|}~.]+@[a-zA-Z0-9-]+\.[a-zA-Z0-9-.]+$/;

function whole(event: Event): Attributes {
  return { actor: actorOf(event), src_endpoint: sourceOf(event), ...statusOf(event) };
}

/** Whose account it is: the object where that is a member, the agent, else the actor. */
function subjectOf(event: Event): Attributes {
  const { object, agent, actor } = event;
  const name = text(changed(event, 'name'));
  const email = text(changed(event, 'email'));
  const more = {
    ...(name === undefined ? {} : { name }),
    ...(email !== undefined && EMAIL.test(email) ? { email_addr: email } : {}),
  };
  if (object?.type === 'member') return userOf('member', object.id, more);
  if (object?.type === 'invitation') return userOf('invitation', object.id, more);
  if (agent !== undefined) return userOf('agent', agent);
  return userOf(actor.type, actor.id);
}

const logons = table({
  'member.signed_in': 1,
  'member.sign_in_failed': 1,
  'member.signed_out': 2,
  'member_session.revoked': 2,
  'token.issued': 3,
  'token.refused': 3,
});

/** Signing in and out, and the tokens of agents. */
export function signIn(event: Event): Attributes {
  const byToken = event.type.startsWith('token.');
  return {
    ...classified(
      authentication,
      logons.get(event.type) ?? OTHER,
      wordOf(event),
      severityOf(event),
    ),
    ...whole(event),
    user: subjectOf(event),
    service: { name: byToken ? 'Countersign gateway' : 'Countersign console' },
    ...(byToken ? { auth_protocol_id: 6, auth_protocol: 'OAUTH 2.0' } : {}),
    ...(event.object?.type === 'member_session' ? { session: { uid: event.object.id } } : {}),
  };
}

export function isSignIn(type: string): boolean {
  return logons.has(type) || type.startsWith('token.');
}

const accounts = table({
  'member.added': 1,
  'member.enabled': 2,
  'member.password_changed': 3,
  'member.disabled': 5,
  'member.second_factor_enabled': 10,
  'member.passkey_registered': 10,
  'member.second_factor_disabled': 11,
  'member.second_factor_reset': 11,
  'member.passkey_removed': 11,
});

/** A member's account, an invitation to one, or what an account proves itself with. */
export function account(event: Event): Attributes {
  return {
    ...classified(
      accountChange,
      accounts.get(event.type) ?? OTHER,
      wordOf(event),
      severityOf(event),
    ),
    ...whole(event),
    user: subjectOf(event),
  };
}

/** A role given to an agent or taken from it; a member's roles changed. */
export function access(event: Event): Attributes {
  const given = event.type.endsWith('.removed') ? 2 : 1;
  const { object } = event;
  const roles = changed(event, 'roles');
  const named = Array.isArray(roles) ? roles.filter((role) => typeof role === 'string') : [];
  return {
    ...classified(userAccess, given, wordOf(event), severityOf(event)),
    ...whole(event),
    user: subjectOf(event),
    privileges: named.length > 0 ? named : [text(changed(event, 'role')) ?? object?.id ?? 'none'],
  };
}

const groups = table({
  'role.created': 6,
  'role.retired': 5,
  'permission.created': 1,
  'permission.removed': 2,
});

/** A role is a group of permissions; a permission is a privilege of its role. */
export function group(event: Event): Attributes {
  const { object } = event;
  const role = object?.type === 'role' ? object.id : text(changed(event, 'roleId'));
  const name = text(changed(event, 'name'));
  return {
    ...classified(
      groupManagement,
      groups.get(event.type) ?? OTHER,
      wordOf(event),
      severityOf(event),
    ),
    ...whole(event),
    group: {
      uid: role ?? object?.id ?? event.type,
      type: 'role',
      ...(name === undefined ? {} : { name }),
    },
    ...(object?.type === 'permission' ? { privileges: [object.id] } : {}),
  };
}

const entities = table({
  created: 1,
  updated: 3,
  retired: 4,
  removed: 4,
  deleted: 4,
  enabled: 8,
  disabled: 9,
  activated: 10,
  suspended: 12,
});

/** Agents, tools, action types, secrets, the workspace itself. */
export function entity(event: Event): Attributes {
  const { object } = event;
  const suffix = event.type.slice(event.type.lastIndexOf('.') + 1);
  const name = text(changed(event, 'name'));
  const comment = text(event.data?.['reason']);
  return {
    ...classified(
      entityManagement,
      entities.get(suffix) ?? OTHER,
      wordOf(event),
      severityOf(event),
    ),
    ...whole(event),
    entity: {
      uid: object?.id ?? event.id,
      type_id: 99,
      type: object?.type ?? event.type,
      ...(name === undefined ? {} : { name }),
    },
    ...(comment === undefined ? {} : { comment }),
  };
}
