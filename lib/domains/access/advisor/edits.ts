/** What a finding's draft changes. Pure. */
import { conflict } from '@/lib/kernel/problem';
import { same } from '../policies/compare';
import { keyOf } from '../policies/read';
import type { PolicyDocument } from '../policies/document';
import type { Edit } from '../policies/edit';
import type { PermissionDocument } from '../policies/permission-document';
import type { Detail } from './schema';

/** The edits, for a document in which the finding still is so. Throws 409 when it is not. */
export function editsOf(detail: Detail, document: PolicyDocument): Edit[] {
  switch (detail.kind) {
    case 'unused_permission': {
      const { role, permission } = detail;
      assertGranted(document, role, permission);
      const { action, condition } = permission;
      return [{ do: 'remove_permission', role, action, condition }];
    }
    case 'unused_by_agents': {
      const { role, permission, users } = detail;
      assertGranted(document, role, permission);
      const clause = { on: 'one_of' as const, left: 'agent.name', values: users };
      const condition = [...permission.condition, clause];
      const replaces = permission.condition;
      return [{ do: 'set_permission', role, ...permission, condition, replaces }];
    }
    case 'wide_limits':
      assertGranted(document, detail.role, detail.permission);
      return [{ do: 'set_permission', role: detail.role, ...detail.proposed }];
    case 'contained_role': {
      const { role, within } = detail;
      const agents = Object.entries(document.agents).filter(([, { roles }]) =>
        [role, within].every((one) => roles.includes(one)),
      );
      if (agents.length === 0) throw notAsFound();
      return agents.map(([agent]) => ({ do: 'remove_role', agent, role }));
    }
    case 'excess_clearance': {
      const { agent, clearance, proposed } = detail;
      if (document.agents[agent]?.clearance !== clearance) throw notAsFound();
      return [{ do: 'set_clearance', agent, clearance: proposed }];
    }
    case 'unused_role': {
      const { agent, role } = detail;
      if (!document.agents[agent]?.roles.includes(role)) throw notAsFound();
      return [{ do: 'remove_role', agent, role }];
    }
  }
}

function assertGranted(
  document: PolicyDocument,
  role: string,
  permission: PermissionDocument,
): void {
  const granted = document.roles[role]?.permissions.find((one) => keyOf(one) === keyOf(permission));
  if (!same(granted, permission)) throw notAsFound();
}

function notAsFound() {
  return conflict(
    'not_as_found',
    'This is not as it was found any more, or the draft changes it already. Look again, or begin a new draft.',
  );
}
