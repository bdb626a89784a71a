import { describe, expect, it } from 'vitest';
import { ACTION_TYPES, AGENTS, MEMBERS, ROLES } from './data';
import { EXAMPLES } from './examples';

describe('the declarations', () => {
  it('name only what they declare', () => {
    const keys = ACTION_TYPES.map(({ key }) => key);
    const roles = ROLES.map(({ name }) => name);
    const mails = MEMBERS.map(({ email }) => email);
    for (const { permissions } of ROLES) {
      for (const { action } of permissions) expect(keys).toContain(action);
    }
    for (const agent of AGENTS) {
      expect(mails).toContain(agent.sponsor);
      for (const role of agent.roles) expect(roles).toContain(role);
    }
  });

  it('have several examples of every outcome', () => {
    for (const outcome of ['tier1', 'tier2', 'tier3', 'deny'] as const) {
      expect(EXAMPLES.filter((example) => example.expect === outcome).length).toBeGreaterThan(2);
    }
  });
});
