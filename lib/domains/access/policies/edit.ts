/** One edit of a draft's document. Pure. */
import type { z } from 'zod';
import { invalid } from '@/lib/kernel/problem';
import { own } from './compare';
import type { PermissionDocument, PolicyDocument, RoleDocument } from './document';
import { revertedFloors } from './floors';
import { keyOf, ordered } from './read';
import type { EditDraft } from './schema';

export type Edit = z.output<typeof EditDraft>['edit'];

/** The document with the edit done. Throws 422 when it names what the document does not have. */
export function edited(document: PolicyDocument, base: PolicyDocument, edit: Edit): PolicyDocument {
  switch (edit.do) {
    case 'set_permission': {
      const { do: _, role, replaces, ...permission } = edit;
      if ((permission.tier === null) === (permission.ladder === null)) {
        throw invalid([{ field: 'edit.tier', message: 'give either a tier or a ladder' }]);
      }
      if (!Object.hasOwn(document.actionTypes, permission.action)) {
        throw invalid([{ field: 'edit.action', message: 'is no active action type' }]);
      }
      const replaced = new Set([
        keyOf(permission),
        keyOf({ ...permission, condition: replaces ?? permission.condition }),
      ]);
      return withRole(document, role, (permissions) => [
        ...permissions.filter((one) => !replaced.has(keyOf(one))),
        permission,
      ]);
    }
    case 'remove_permission': {
      const key = keyOf({ ...edit, tier: null, ladder: null, limits: {} });
      return withRole(document, edit.role, (permissions) =>
        permissions.filter((one) => keyOf(one) !== key),
      );
    }
    case 'grant_role':
    case 'remove_role': {
      roleOf(document, edit.role);
      const agent = agentOf(document, edit.agent);
      const others = agent.roles.filter((role) => role !== edit.role);
      const roles = edit.do === 'grant_role' ? [...others, edit.role].toSorted() : others;
      return { ...document, agents: { ...document.agents, [edit.agent]: { ...agent, roles } } };
    }
    case 'set_cedar_policy': {
      const policies = { ...document.cedar.policies, [edit.name]: edit.text };
      return { ...document, cedar: { ...document.cedar, policies } };
    }
    case 'remove_cedar_policy':
      return withoutCedar(document, edit.name);
    case 'set_cedar_schema':
      return { ...document, cedar: { ...document.cedar, schema: edit.text } };
    case 'set_clearance': {
      const agent = agentOf(document, edit.agent);
      const { clearance } = edit;
      return { ...document, agents: { ...document.agents, [edit.agent]: { ...agent, clearance } } };
    }
    case 'set_floors':
      return { ...document, floors: edit.floors };
    case 'set_second_admin':
      return { ...document, secondAdmin: edit.wanted };
    case 'revert':
      return reverted(document, base, edit.path);
  }
}

function withRole(
  document: PolicyDocument,
  name: string,
  change: (permissions: PermissionDocument[]) => PermissionDocument[],
): PolicyDocument {
  const role = roleOf(document, name);
  const permissions = ordered(change(role.permissions));
  return { ...document, roles: { ...document.roles, [name]: { ...role, permissions } } };
}

function withoutCedar(document: PolicyDocument, name: string): PolicyDocument {
  const { [name]: gone, ...policies } = document.cedar.policies;
  if (gone === undefined) throw invalid([{ field: 'edit.name', message: 'is no Cedar policy' }]);
  return { ...document, cedar: { ...document.cedar, policies } };
}

function roleOf(document: PolicyDocument, name: string): RoleDocument {
  const role = own(document.roles, name);
  if (!role) throw invalid([{ field: 'edit.role', message: 'is no active role' }]);
  return role;
}

function agentOf(document: PolicyDocument, name: string): PolicyDocument['agents'][string] {
  const agent = own(document.agents, name);
  if (!agent) throw invalid([{ field: 'edit.agent', message: 'is no agent of the workspace' }]);
  return agent;
}

/** The document with what lies at a change's path as it was at the base. */
function reverted(document: PolicyDocument, base: PolicyDocument, path: string): PolicyDocument {
  const [of = '', name = '', part] = path.split('/');
  if (of === 'roles' && part !== undefined && document.roles[name]) {
    const was = (base.roles[name]?.permissions ?? []).filter(({ action }) => action === part);
    return withRole(document, name, (permissions) => [
      ...permissions.filter(({ action }) => action !== part),
      ...was,
    ]);
  }
  if (of === 'agents' && document.agents[name] && base.agents[name]) {
    return { ...document, agents: { ...document.agents, [name]: base.agents[name] } };
  }
  if (of === 'roles' && (document.roles[name] ?? base.roles[name])) {
    const { [name]: _, ...others } = document.roles;
    const was = base.roles[name];
    return { ...document, roles: was ? { ...others, [name]: was } : others };
  }
  if (of === 'cedar') {
    const was = base.cedar.policies[name];
    if (was === undefined) return withoutCedar(document, name);
    const policies = { ...document.cedar.policies, [name]: was };
    return { ...document, cedar: { ...document.cedar, policies } };
  }
  if (of === 'cedar schema') {
    return { ...document, cedar: { ...document.cedar, schema: base.cedar.schema } };
  }
  if (of === 'floors') {
    return { ...document, floors: revertedFloors(document.floors, base.floors, path) };
  }
  if (of === 'second admin') return { ...document, secondAdmin: base.secondAdmin };
  if (of === 'action types' && document.actionTypes[name] && base.actionTypes[name]) {
    const actionTypes = { ...document.actionTypes, [name]: base.actionTypes[name] };
    return { ...document, actionTypes };
  }
  throw invalid([{ field: 'edit.path', message: 'is no change of the draft' }]);
}
