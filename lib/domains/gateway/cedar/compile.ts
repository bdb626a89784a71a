/**
 * Permissions as Cedar. Each becomes one `permit` annotated with its id and tier, or, with a
 * ladder, three that meet without gap or overlap. Above them stand two `forbid`s that no
 * permission lifts: clearance, and an agent that is not to act.
 */
import { LRUCache } from 'lru-cache';
import type { Tier } from '@/lib/domains/access/server';
import { rank } from '@/lib/domains/classification';
import type { SchemaJson } from '@/lib/infra/cedar';
import { digest } from '@/lib/kernel/canonical';
import type { ActionTypeRow, Ladder, PermissionRow } from '../snapshot/rows';
import { scaledThreshold } from './scale';

export interface Grant {
  permission: string;
  tier: Tier;
}

/** Cedar's answer. */
export type Authorization =
  | { allowed: true; grants: readonly Grant[] }
  /** The forbids that applied; none when nothing permitted it; or an error, which denies. */
  | { allowed: false; forbids: readonly string[]; error?: string };

/** The slice of a workspace's policies that speaks of one action type. */
export interface CompiledPolicies {
  /** The digest of text and schema: equal keys are equal policies. */
  key: string;
  texts: Readonly<Record<string, string>>;
  schema: SchemaJson<string>;
  /** What each permit grants, by its policy id. */
  grants: ReadonlyMap<string, Grant>;
  /** Roles that the policies name. */
  roles: ReadonlySet<string>;
  /** Numeric parameters that the policies compare. */
  parameters: readonly string[];
  action: string;
  /** Rank of the classification of what it touches. */
  classification: number;
  /** Decisions made under this slice; a new snapshot starts with an empty one. */
  memo: LRUCache<string, Authorization>;
}

const MEMO_SIZE = 2_000;

const forbids = {
  clearance: `@id("clearance")
forbid (principal, action, resource)
when { resource.classification > principal.clearance };`,
  state: `@id("state")
forbid (principal, action, resource)
unless { principal.state == "active" || principal.state == "probation" };`,
};

export function compilePolicies(
  type: Pick<ActionTypeRow, 'key' | 'classification'>,
  permissions: readonly Pick<PermissionRow, 'id' | 'role_id' | 'tier' | 'ladder'>[],
): CompiledPolicies {
  const texts: Record<string, string> = { ...forbids };
  const grants = new Map<string, Grant>();
  for (const permission of permissions) {
    for (const { tier, condition } of steps(permission)) {
      const id = `${permission.id}#${tier}`;
      grants.set(id, { permission: permission.id, tier });
      texts[id] = `@id(${quote(permission.id)})
@tier("${tier}")
permit (principal in Role::${quote(permission.role_id)}, action == Action::${quote(type.key)}, resource)${condition};`;
    }
  }
  const parameters = [
    ...new Set(permissions.flatMap((p) => (p.ladder ? [p.ladder.parameter] : []))),
  ];
  const schema = schemaFor(type.key, parameters.toSorted());
  return {
    key: digest({ texts, schema }),
    texts,
    schema,
    grants,
    roles: new Set(permissions.map((permission) => permission.role_id)),
    parameters,
    action: type.key,
    classification: rank(type.classification),
    memo: new LRUCache({ max: MEMO_SIZE }),
  };
}

function steps(
  permission: Pick<PermissionRow, 'tier' | 'ladder'>,
): { tier: Tier; condition: string }[] {
  if (!permission.ladder) return permission.tier ? [{ tier: permission.tier, condition: '' }] : [];
  const { parameter, autonomous, supervised, gated }: Ladder = permission.ladder;
  const name = quote(parameter);
  const value = `context.parameters[${name}]`;
  // A negative amount stands on no step: nothing may be undone by asking for less than nothing.
  const step = (tier: Tier, above: string, upTo: number) => ({
    tier,
    condition: `
when { context.parameters has ${name} && ${value} ${above} && ${value} <= ${scaledThreshold(upTo)} }`,
  });
  return [
    step(1, '>= 0', autonomous),
    step(2, `> ${Math.max(-1, scaledThreshold(autonomous))}`, supervised),
    step(3, `> ${Math.max(-1, scaledThreshold(supervised))}`, gated),
  ];
}

function schemaFor(action: string, parameters: readonly string[]): SchemaJson<string> {
  const long = { type: 'Long', required: false } as const;
  const attributes = Object.fromEntries(parameters.map((parameter) => [parameter, long]));
  return {
    '': {
      entityTypes: {
        Role: {},
        Agent: {
          memberOfTypes: ['Role'],
          shape: {
            type: 'Record',
            attributes: { clearance: { type: 'Long' }, state: { type: 'String' } },
          },
        },
        ActionType: {
          shape: { type: 'Record', attributes: { classification: { type: 'Long' } } },
        },
      },
      actions: {
        [action]: {
          appliesTo: {
            principalTypes: ['Agent'],
            resourceTypes: ['ActionType'],
            context: {
              type: 'Record',
              attributes: { parameters: { type: 'Record', attributes } },
            },
          },
        },
      },
    },
  };
}

/** A Cedar string literal; whatever is not plain ASCII is written as \u{…}. */
function quote(text: string): string {
  const escaped = [...text].map((character) => {
    if (character === '"' || character === '\\') return `\\${character}`;
    if (character >= ' ' && character <= '~') return character;
    return `\\u{${character.codePointAt(0)?.toString(16)}}`;
  });
  return `"${escaped.join('')}"`;
}
