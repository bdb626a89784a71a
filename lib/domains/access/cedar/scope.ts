/** The head of a policy: which principals, actions and resources it speaks of at all. */
import type { PolicyJson } from '@/lib/infra/cedar';
import type { EntityStore } from './entities';
import { Uncovered } from './expression';
import { entityTypeOf, uidOf } from './json';
import { isWithin } from './operators';
import { type EntityUid, equal } from './values';

/** A constraint on principal or resource; an empty one holds for all. */
export interface Constraint {
  equals?: EntityUid;
  within?: EntityUid;
  type?: string;
}

/** Undefined is any action; each of a list is an anchor of its own. */
export type ActionConstraint = { equals: EntityUid } | { within: readonly EntityUid[] } | undefined;

export interface Scope {
  principal: Constraint;
  action: ActionConstraint;
  resource: Constraint;
}

/** @throws Uncovered or InvalidJson */
export function scopeOf(policy: PolicyJson): Scope {
  return {
    principal: constraintOf(policy.principal),
    action: actionConstraintOf(policy.action),
    resource: constraintOf(policy.resource),
  };
}

function constraintOf(json: PolicyJson['principal']): Constraint {
  switch (json.op) {
    case 'All':
      return {};
    case '==':
      return { equals: entityOf(json) };
    case 'in':
      return { within: entityOf(json) };
    case 'is': {
      const type = entityTypeOf(json.entity_type);
      return json.in === undefined ? { type } : { type, within: entityOf(json.in) };
    }
    default:
      throw new Uncovered('its scope is of no known form');
  }
}

function actionConstraintOf(json: PolicyJson['action']): ActionConstraint {
  switch (json.op) {
    case 'All':
      return undefined;
    case '==':
      return { equals: entityOf(json) };
    case 'in': {
      const uids = 'entities' in json ? json.entities.map(uidOf) : [entityOf(json)];
      const once = uids.filter((uid, at) => uids.findIndex((each) => equal(each, uid)) === at);
      return { within: once };
    }
    default:
      throw new Uncovered('its scope is of no known form');
  }
}

function entityOf(json: { entity: Parameters<typeof uidOf>[0] } | { slot: string }): EntityUid {
  if ('slot' in json) throw new Uncovered('it is a template');
  return uidOf(json.entity);
}

/** A test of what the index has not decided already; undefined where nothing is left to test. */
export function constraintTest({
  equals,
  within,
  type,
}: Constraint): ((uid: EntityUid, entities: EntityStore) => boolean) | undefined {
  if (equals) return (uid) => equal(uid, equals);
  if (within && type !== undefined) {
    return (uid, entities) => uid.type === type && isWithin(uid, within, entities);
  }
  if (within) return (uid, entities) => isWithin(uid, within, entities);
  return type === undefined ? undefined : (uid) => uid.type === type;
}
