/** A change of a version or draft as the Cedar that stood before and stands after. Pure. */
import { z } from 'zod';
import { Classification, rank } from '@/lib/domains/classification';
import { PermissionDocument } from '../policies/permission-document';
import { quote } from './literal';
import { permitTexts } from './permit';

export interface ChangeText {
  before: string;
  after: string;
}

interface Changed {
  path: string;
  before?: unknown;
  after?: unknown;
}

/** Whatever a condition asks for has a type by the time it is published. */
const anything = { has: () => true };

const Cleared = z.object({ clearance: Classification });
const Classified = z.object({ effective: Classification });

/**
 * Permissions are policies; what agents are and hold, and what action types touch, are the
 * entities that these read, and are written as comments. Floors and the second admin are no
 * part of Cedar: an empty text on both sides says so.
 */
export function changeText({ path, before, after }: Changed): ChangeText {
  const [of = '', name = '', part] = path.split('/');
  const text = (value: unknown) => {
    if (value === null || value === undefined) return '';
    if (of === 'roles' && part !== undefined) return permissionText(name, value);
    if (of === 'agents' && part !== undefined) {
      return `// Agent::${quote(name)} in Role::${quote(part)}`;
    }
    if (of === 'agents') return entity('Agent', name, 'clearance', Cleared, value);
    if (of === 'action types')
      return entity('ActionType', name, 'classification', Classified, value);
    return '';
  };
  return { before: text(before), after: text(after) };
}

function permissionText(role: string, value: unknown): string {
  const permission = PermissionDocument.safeParse(value).data;
  if (!permission) return '';
  const id = `${role}/${permission.action}`;
  return permitTexts({ ...permission, id, role }, anything)
    .map(({ text }) => text)
    .join('\n\n');
}

function entity(
  type: string,
  name: string,
  attribute: string,
  schema: z.ZodType<Record<string, Classification>>,
  value: unknown,
): string {
  const [level] = Object.values(schema.safeParse(value).data ?? {});
  if (level === undefined) return '';
  return `// ${type}::${quote(name)}.${attribute} == ${rank(level)} (${level})`;
}
