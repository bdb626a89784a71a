/** A configuration with an agent made of a template in it. Pure. */
import { type FieldError, invalid } from '@/lib/kernel/problem';
import type { z } from 'zod';
import { actionTypeKind } from './kinds/action-types';
import { agentKind } from './kinds/agents';
import { dataAssetKind } from './kinds/data-assets';
import { roleKind, type RoleDocument } from './kinds/roles';
import { toolKind } from './kinds/tools';
import type { Files } from './schema';
import { grantedBy, type Template } from './template';
import type { PlanTemplate } from './template-schema';

type Choices = z.output<typeof PlanTemplate>;

/**
 * Adds what the template brings to the files that are there, and changes none of them: an action
 * type of the workspace may stand for one of the template's, and a role that is there already is
 * used only if it is the same.
 */
export function instantiate(files: Files, template: Template, choices: Choices): Files {
  const { sponsor, model, environment = template.agent.environment } = choices;
  const granted = grantedBy(template);
  const mapped = new Map(Object.entries(choices.actionTypes));
  assertChoices(files, granted, choices);
  const made: Files = { ...files };
  const isNew = (key: string) =>
    granted.has(key) && !mapped.has(key) && !(actionTypeKind.fileOf(key) in files);
  for (const type of template.actionTypes.filter(({ key }) => isNew(key))) {
    const { key, ...described } = type;
    const document = { key, tool: choices.tool ?? '', ...described };
    made[actionTypeKind.fileOf(key)] = actionTypeKind.print(document);
  }
  const roles = template.roles.map((role) => {
    const named = freeOrSame(made, translated(role, mapped));
    made[roleKind.fileOf(named.name)] = roleKind.print(named);
    return named.name;
  });
  for (const asset of template.dataAssets) {
    const file = dataAssetKind.fileOf(asset.name);
    if (file in made) continue;
    // What the workspace's own action types answer is for who knows them to say.
    const fields = asset.fields.map((field) => ({
      ...field,
      links: field.links.filter(({ actionType }) => isNew(actionType)),
    }));
    made[file] = dataAssetKind.print({ ...asset, fields });
  }
  const { purpose, clearance } = template.agent;
  made[agentKind.fileOf(choices.name)] = agentKind.print({
    ...{ name: choices.name, purpose, sponsor, environment, model, clearance, roles },
  });
  return made;
}

function assertChoices(files: Files, granted: ReadonlySet<string>, choices: Choices): void {
  const errors: FieldError[] = [];
  if (agentKind.fileOf(choices.name) in files) {
    errors.push({ field: 'name', message: 'is the name of another agent' });
  }
  const missing = [...granted].filter(
    (key) => !(key in choices.actionTypes) && !(actionTypeKind.fileOf(key) in files),
  );
  if (missing.length > 0 && choices.tool === null) {
    errors.push({ field: 'tool', message: `choose where to make ${missing.join(', ')}` });
  }
  if (choices.tool !== null && !(toolKind.fileOf(choices.tool) in files)) {
    errors.push({ field: 'tool', message: 'is no tool of this workspace' });
  }
  for (const [key, own] of Object.entries(choices.actionTypes)) {
    const field = `actionTypes.${key}`;
    if (!granted.has(key)) errors.push({ field, message: 'is granted by no role of the template' });
    if (!(actionTypeKind.fileOf(own) in files)) {
      errors.push({ field, message: `${own} is no action type of this workspace` });
    }
  }
  if (errors.length > 0) throw invalid(errors);
}

/** The role, granting the workspace's own action types. */
function translated(role: RoleDocument, mapped: ReadonlyMap<string, string>): RoleDocument {
  const permissions = role.permissions.map((permission) => ({
    ...permission,
    action: mapped.get(permission.action) ?? permission.action,
  }));
  return { ...role, permissions };
}

/** The role by its own name, or with a number where that is another role's. */
function freeOrSame(files: Files, role: RoleDocument): RoleDocument {
  for (let number = 1; ; number += 1) {
    const named = { ...role, name: number === 1 ? role.name : `${role.name}-${number}` };
    const there = files[roleKind.fileOf(named.name)];
    if (there === undefined || there === roleKind.print(named)) return named;
  }
}
