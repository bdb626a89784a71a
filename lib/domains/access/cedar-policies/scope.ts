/** Whom and what a policy's scope can match. Pure. */
import type { PolicyJson } from '@/lib/infra/cedar';
import { uidOf } from '../cedar';

/** The actions that a policy's scope names; undefined when it speaks of all. */
export function actionsOf({ action }: Pick<PolicyJson, 'action'>): string[] | undefined {
  const entities =
    'entities' in action ? action.entities : 'entity' in action ? [action.entity] : undefined;
  return entities?.map(uidOf).flatMap(({ type, id }) => (type === 'Action' ? [id] : []));
}

/** Whether an agent can be the principal; its roles are known by their names. */
export function principalFits(
  { principal }: Pick<PolicyJson, 'principal'>,
  agent: { id: string; roleNames: ReadonlySet<string> },
): boolean {
  if ('entity_type' in principal && principal.entity_type !== 'Agent') return false;
  const within = 'in' in principal ? principal.in : undefined;
  const entity =
    within && 'entity' in within
      ? within.entity
      : 'entity' in principal
        ? principal.entity
        : undefined;
  if (entity === undefined) return true;
  const { type, id } = uidOf(entity);
  if (type === 'Agent') return id === agent.id;
  return type === 'Role' && agent.roleNames.has(id);
}
