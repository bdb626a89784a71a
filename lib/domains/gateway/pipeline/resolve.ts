import { invalid, Problem } from '@/lib/kernel/problem';
import type { ActionRequest } from '../schema';
import type { ActionType, Snapshot } from '../snapshot/snapshot';

/** Stage 3. The action type, with parameters that fit its JSON Schema. */
export function resolve(snapshot: Snapshot, request: ActionRequest): ActionType {
  const type = snapshot.actionTypes.get(request.action);
  if (!type) {
    throw new Problem({
      status: 404,
      code: 'unknown_action_type',
      title: 'Not found',
      detail: 'There is no such action type in this workspace. Check the name.',
    });
  }
  const violations = type.validate(request.parameters);
  if (violations.length === 0) return type;
  throw invalid(
    violations.map(({ field, message }) => ({
      field: field ? `parameters.${field}` : 'parameters',
      message,
    })),
  );
}
