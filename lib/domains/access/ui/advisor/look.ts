import type { Kind } from '../../advisor/schema';

/** What a kind of finding is called in lists. */
export const kindNames: Record<Kind, string> = {
  wide_limits: 'Limits far above their use',
  unused_permission: 'Permissions nobody used',
  unused_role: 'Roles that agents do not use',
  contained_role: 'Roles within roles',
  excess_clearance: 'Clearance above what was touched',
  unused_by_agents: 'Permissions that some do not use',
};
