/**
 * Permissions as Cedar. Each becomes one `permit` annotated with its id and tier, or, with a
 * ladder, three that meet without gap or overlap. Above them stand the `forbid`s that no
 * permission lifts: clearance, another environment, and an agent that is not to act.
 */
import {
  type Attribute,
  type AttributeType,
  type EntityStore,
  permitTexts,
  resolveTypes,
  type Tier,
  zonesOf,
} from '@/lib/domains/access/server';
import { rank } from '@/lib/domains/classification';
import type { SchemaJson } from '@/lib/infra/cedar';
import { logger } from '@/lib/infra/logger';
import { digest } from '@/lib/kernel/canonical';
import type { ActionTypeRow, Ladder, PermissionRow, ToolRow } from '../snapshot/rows';
import { type Inputs, schemaFor } from './schema';

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
  inputs: Inputs;
  action: string;
  /** Rank of the classification of what it touches. */
  classification: number;
  /** Where the tool stands; empty when it serves every environment. */
  environment: string;
  /** The agents that were asked about, as entities; a new snapshot starts with none. */
  entities: WeakMap<object, EntityStore>;
}

export const forbids = {
  clearance: `@id("clearance")
forbid (principal, action, resource)
when { resource.classification > principal.clearance };`,
  environment: `@id("environment")
forbid (principal, action, resource)
unless { resource.environment == "" || resource.environment == principal.environment };`,
  state: `@id("state")
forbid (principal, action, resource)
unless { principal.state == "active" || principal.state == "probation" };`,
};

type Permission = Pick<PermissionRow, 'id' | 'role_id' | 'tier' | 'ladder' | 'condition'>;

export function compilePolicies(
  type: Pick<ActionTypeRow, 'key' | 'classification' | 'parameters'>,
  tool: Pick<ToolRow, 'environment'>,
  permissions: readonly Permission[],
): CompiledPolicies {
  const texts: Record<string, string> = { ...forbids };
  const grants = new Map<string, Grant>();
  let types: ReadonlyMap<Attribute, AttributeType> = new Map();
  const compiled: Permission[] = [];
  for (const permission of permissions) {
    const resolved = resolveTypes(permission.condition, type.parameters, types);
    if (typeof resolved === 'string') {
      // What cannot be asked grants nothing; the form refuses it, so only an older row gets here.
      logger.error({ permission: permission.id, reason: resolved }, 'a condition means nothing');
      continue;
    }
    types = withLadder(resolved, permission.ladder);
    compiled.push(permission);
    const named = { ...permission, role: permission.role_id, action: type.key };
    for (const { tier, text } of permitTexts(named, types)) {
      const id = `${permission.id}#${tier}`;
      grants.set(id, { permission: permission.id, tier });
      texts[id] = text;
    }
  }
  const inputs: Inputs = {
    types,
    zones: [...new Set(compiled.flatMap(({ condition }) => zonesOf(condition)))].toSorted(),
    address: compiled.some(({ condition }) => asksAddress(condition)),
  };
  const schema = schemaFor(type.key, inputs);
  return {
    key: digest({ texts, schema }),
    texts,
    schema,
    grants,
    roles: new Set(compiled.map((permission) => permission.role_id)),
    inputs,
    action: type.key,
    classification: rank(type.classification),
    environment: tool.environment ?? '',
    entities: new WeakMap(),
  };
}

function withLadder(types: Inputs['types'], ladder: Ladder | null): Inputs['types'] {
  return ladder
    ? new Map([...types, [`parameters.${ladder.parameter}`, 'number' as const]])
    : types;
}

function asksAddress(condition: Permission['condition']): boolean {
  return condition.some((clause) =>
    clause.on === 'any' ? asksAddress(clause.clauses) : clause.on === 'network',
  );
}
