/** Bringing a draft's changes, or an older version, into what holds now. Pure. */
import { names, own, same } from './compare';
import type { PermissionDocument, PolicyDocument, RoleDocument } from './document';
import { mergeFloors } from './floors';
import { keyOf, ordered } from './read';

export interface Merged {
  document: PolicyDocument;
  /** Paths that both have changed, and not alike; the current one is kept there. */
  conflicts: string[];
}

/** `draft` began as `base`; what it changed is done to `current`, where nobody else changed it. */
export function merge(
  base: PolicyDocument,
  current: PolicyDocument,
  draft: PolicyDocument,
): Merged {
  const conflicts: string[] = [];
  const pick = <T>(path: string, was: T, now: T, wanted: T): T => {
    if (same(was, wanted) || same(now, wanted)) return now;
    if (same(was, now)) return wanted;
    conflicts.push(path);
    return now;
  };
  const roles = names(current.roles, draft.roles).flatMap((name): [string, RoleDocument][] => {
    const [was, now, wanted] = [
      own(base.roles, name),
      own(current.roles, name),
      own(draft.roles, name),
    ];
    if (!now || !wanted) {
      const role = pick(`roles/${name}`, was, now, wanted);
      return role ? [[name, role]] : [];
    }
    const permissions = mergePermissions(name, was, now, wanted, pick);
    const description = pick(
      `roles/${name}`,
      was?.description,
      now.description,
      wanted.description,
    );
    return [[name, { description: description ?? '', permissions }]];
  });
  const agents = Object.entries(current.agents).map(([name, now]) => {
    const was = own(base.agents, name);
    const wanted = own(draft.agents, name);
    if (!was || !wanted) return [name, now] as const;
    const held = [...new Set([...now.roles, ...wanted.roles])].filter((role) =>
      pick(
        `agents/${name}/${role}`,
        was.roles.includes(role),
        now.roles.includes(role),
        wanted.roles.includes(role),
      ),
    );
    const clearance = pick(`agents/${name}`, was.clearance, now.clearance, wanted.clearance);
    return [name, { ...now, clearance, roles: held.toSorted() }] as const;
  });
  const actionTypes = Object.entries(current.actionTypes).map(([key, now]) => {
    const was = own(base.actionTypes, key);
    const wanted = own(draft.actionTypes, key);
    if (!was || !wanted) return [key, now] as const;
    const path = `action types/${key}`;
    const classification = pick(
      path,
      was.classification,
      now.classification,
      wanted.classification,
    );
    return [key, { ...now, classification }] as const;
  });
  const policies = names(current.cedar.policies, draft.cedar.policies).flatMap(
    (name): [string, string][] => {
      const [was, now, wanted] = [base, current, draft].map(({ cedar }) =>
        own(cedar.policies, name),
      );
      const text = pick(`cedar/${name}`, was, now, wanted);
      return text === undefined ? [] : [[name, text]];
    },
  );
  const schema = pick('cedar schema', base.cedar.schema, current.cedar.schema, draft.cedar.schema);
  return {
    document: {
      cedar: { schema, policies: Object.fromEntries(policies) },
      floors: mergeFloors(base.floors, current.floors, draft.floors, pick),
      secondAdmin: pick('second admin', base.secondAdmin, current.secondAdmin, draft.secondAdmin),
      ...{ signing: current.signing, secondFactor: current.secondFactor },
      actionTypes: Object.fromEntries(actionTypes),
      roles: Object.fromEntries(roles),
      agents: Object.fromEntries(agents),
    },
    conflicts,
  };
}

type Pick = <T>(path: string, was: T, now: T, wanted: T) => T;

function mergePermissions(
  role: string,
  was: RoleDocument | undefined,
  now: RoleDocument,
  wanted: RoleDocument,
  pick: Pick,
): PermissionDocument[] {
  const of = (document: RoleDocument | undefined) =>
    Object.fromEntries((document?.permissions ?? []).map((one) => [keyOf(one), one]));
  const [before, current, draft] = [of(was), of(now), of(wanted)];
  return ordered(
    names(current, draft).flatMap((key) => {
      const action = (own(current, key) ?? own(draft, key))?.action ?? '';
      const path = `roles/${role}/${action}`;
      return pick(path, own(before, key), own(current, key), own(draft, key)) ?? [];
    }),
  );
}

/**
 * What `current` becomes when the decisions of `version` are to hold again: its roles,
 * permissions, agents' roles and clearances, policies by hand, classifications and floors, for whatever of
 * the agents and action types is still there.
 */
export function restored(current: PolicyDocument, version: PolicyDocument): PolicyDocument {
  const known = new Set(Object.keys(current.actionTypes));
  const roles = Object.entries(version.roles).map(([name, role]) => [
    name,
    { ...role, permissions: role.permissions.filter(({ action }) => known.has(action)) },
  ]);
  const agents = Object.entries(current.agents).map(([name, agent]) => {
    const old = own(version.agents, name);
    return [name, old ? { ...agent, clearance: old.clearance, roles: old.roles } : agent];
  });
  const actionTypes = Object.entries(current.actionTypes).map(([key, type]) => {
    const classification = own(version.actionTypes, key)?.classification ?? type.classification;
    return [key, { ...type, classification }];
  });
  return {
    cedar: version.cedar,
    floors: version.floors,
    secondAdmin: version.secondAdmin,
    ...{ signing: current.signing, secondFactor: current.secondFactor },
    actionTypes: Object.fromEntries(actionTypes),
    roles: Object.fromEntries(roles),
    agents: Object.fromEntries(agents),
  };
}
