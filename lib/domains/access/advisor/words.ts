/** A finding in words: what it is, the numbers, and why it matters. Pure. */
import { formatExact } from '@/components/format';
import { conditionWords } from '../condition';
import type { PermissionDocument } from '../policies/permission-document';
import type { Detail, Part } from './schema';

const { format } = new Intl.NumberFormat('en', { maximumFractionDigits: 4 });

export interface Words {
  title: string;
  evidence: string[];
  why: string;
}

export function findingWords(detail: Detail): Words {
  switch (detail.kind) {
    case 'unused_permission':
      return {
        title: `${detail.role} grants ${granted(detail.permission)}, and nobody used it`,
        evidence: [`0 uses by ${count(detail.agents, 'agent')} in the role`],
        why: 'Whoever takes over one of these agents could use what it never needed.',
      };
    case 'unused_by_agents': {
      const { users, agents, permission, role } = detail;
      return {
        title: `${role} grants ${granted(permission)} to agents that do not use it`,
        evidence: [
          `${count(users.length, 'agent')} of ${format(agents)} used it, ${count(detail.uses, 'time')}: ${listed(users)}`,
        ],
        why: 'Each further agent that holds it is one more through which it can be misused.',
      };
    }
    case 'wide_limits':
      return {
        title: `${detail.role} allows far more of ${granted(detail.permission)} than is used`,
        evidence: [`${count(detail.uses, 'use')}`, ...detail.parts.map(partWords)],
        why: 'A limit bounds the loss only as far as it is near what is really needed.',
      };
    case 'contained_role': {
      const { role, within, agents, permissions } = detail;
      return {
        title: `${within} grants everything that ${role} does`,
        evidence: [
          `${count(permissions, 'permission')} of ${role}, each granted at least as far by ${within}`,
          `${count(agents, 'agent')} in both`,
        ],
        why: 'Narrowing one of the two changes nothing for agents that are in both.',
      };
    }
    case 'excess_clearance': {
      const { agent, clearance, proposed, actions, reach } = detail;
      return {
        title: `${agent} is cleared for ${clearance} data and touched nothing above ${proposed}`,
        evidence: [
          `${count(actions, 'action')}, none above ${proposed}`,
          `${count(reach, 'action type')} above it within its roles`,
        ],
        why: 'Clearance is what still holds when a role grants too much.',
      };
    }
    case 'unused_role': {
      const { agent, role, permissions, actions } = detail;
      return {
        title: `${agent} is in ${role} and used none of it`,
        evidence: [
          `0 of ${count(permissions, 'permission')} used`,
          `${count(actions, 'other action')} of it meanwhile`,
        ],
        why: 'A role that an agent does not need is reach without a purpose.',
      };
    }
  }
}

/** What a draft of it alone is called. */
export function draftTitle(detail: Detail): string {
  switch (detail.kind) {
    case 'unused_permission':
      return `${detail.role} without ${detail.permission.action}`;
    case 'unused_by_agents':
      return `${detail.role}: ${detail.permission.action} for who uses it`;
    case 'wide_limits':
      return `${detail.role}: narrower ${detail.permission.action}`;
    case 'contained_role':
      return `Out of ${detail.role}, which ${detail.within} contains`;
    case 'excess_clearance':
      return `${detail.agent} cleared for ${detail.proposed}`;
    case 'unused_role':
      return `${detail.agent} out of ${detail.role}`;
  }
}

const partNames: Record<Part['part'], string> = {
  autonomous: 'autonomous up to',
  supervised: 'supervised up to',
  gated: 'gated up to',
  perMinute: 'actions a minute',
  perHour: 'actions an hour',
  perDay: 'actions a day',
  amountPerDay: 'amount a day',
};

function partWords({ part, now, max, p99, proposed }: Part): string {
  return `${partNames[part]} ${formatExact(now)}: at most ${formatExact(max)} used, p99 ${format(p99)}; proposed ${formatExact(proposed)}`;
}

function granted({ action, condition }: PermissionDocument): string {
  return condition.length === 0 ? action : `${action} (if ${conditionWords(condition)})`;
}

function count(value: number, noun: string): string {
  return `${format(value)} ${noun}${value === 1 ? '' : 's'}`;
}

const SHOWN = 5;

function listed(names: readonly string[]): string {
  const rest = names.length - SHOWN;
  return rest > 0 ? `${names.slice(0, SHOWN).join(', ')} and ${rest} more` : names.join(', ');
}
