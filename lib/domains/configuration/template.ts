/** Standard agents: what each may do, on what, and what was thought of that may go wrong. */
import { z } from 'zod';
import { permissionWords } from '@/lib/domains/access/server';
import { notFound } from '@/lib/kernel/problem';
import { ActionTypeFile } from './kinds/action-types';
import { AgentFile } from './kinds/agents';
import { DataAssetFile } from './kinds/data-assets';
import { RoleFile } from './kinds/roles';
import { owaspThreats, type TemplateView } from './template-schema';
import { templateFiles } from './templates';

const sentence = z.string().min(10).max(300);
const { tool: _, ...actionType } = ActionTypeFile.shape;
const { purpose, environment, clearance } = AgentFile.shape;

export const Template = z.strictObject({
  id: z.string().regex(/^[a-z]+(-[a-z]+)*$/),
  title: z.string().min(3).max(60),
  summary: sentence,
  agent: z.strictObject({ purpose, environment, clearance }),
  /** What it was thought out for; those that no role grants are withheld on purpose. */
  actionTypes: z.array(z.strictObject(actionType)).min(2),
  roles: z.array(RoleFile).min(1),
  dataAssets: z.array(DataAssetFile).min(1),
  threatModel: z.strictObject({
    assets: z.array(z.string().min(3)).min(2),
    threats: z
      .array(z.strictObject({ threat: sentence, owasp: z.enum(owaspThreats), control: sentence }))
      .min(4),
  }),
});
export type Template = z.output<typeof Template>;

export const templates: readonly Template[] = templateFiles.map((file) => Template.parse(file));

export function loadTemplate(id: string): Template {
  const found = templates.find((template) => template.id === id);
  if (!found) throw notFound('template');
  return found;
}

/** Keys of the action types that its roles grant. */
export function grantedBy({ roles }: Template): Set<string> {
  return new Set(roles.flatMap(({ permissions }) => permissions.map(({ action }) => action)));
}

export function viewTemplate(template: Template): TemplateView {
  const { id, title, summary, agent, threatModel } = template;
  const granted = grantedBy(template);
  return {
    ...{ id, title, summary, agent, threatModel },
    actionTypes: template.actionTypes.map((type) => ({
      key: type.key,
      title: type.title,
      effects: type.effects,
      reversibility: type.reversibility,
      classification: type.classification,
      granted: granted.has(type.key),
    })),
    roles: template.roles.map(({ name, description, permissions }) => ({
      ...{ name, description },
      permissions: permissions.map((permission) => ({
        action: permission.action,
        words: permissionWords(permission),
      })),
    })),
    dataAssets: template.dataAssets.map(({ name, description, fields }) => ({
      ...{ name, description },
      fields: fields.map((field) => ({
        name: field.name,
        classification: field.classification,
        handling: field.handling,
        note: field.note,
      })),
    })),
  };
}
