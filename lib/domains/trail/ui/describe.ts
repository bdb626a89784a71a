import { humanize } from '@/components/format';
import type { Tone } from '@/components/ui';
import type { EventItem } from '../schema';

const decided: Record<string, string> = { allow: 'allowed', hold: 'held', deny: 'denied' };

/** What happened, in a few words: "refunds.create held", "Agent suspended". */
export function titleOf(event: EventItem): string {
  const [kind, ...rest] = event.type.split('.');
  if (kind === 'action' || kind === 'approval') {
    const word = rest.join(' ');
    const said = word === 'decided' ? (decided[event.outcome ?? ''] ?? word) : word;
    return `${event.action_type ?? 'Action'} ${said.replaceAll('_', ' ')}`;
  }
  return humanize(event.type.replaceAll('.', ' '));
}

const good = new Set(['allow', 'succeeded', 'approved']);
const open = new Set(['hold', 'unknown']);
const bad = new Set(['deny', 'failed', 'rejected', 'refused']);

export function toneOf(outcome: string | undefined): Tone {
  if (outcome === undefined) return 'neutral';
  if (good.has(outcome)) return 'allow';
  if (open.has(outcome)) return 'hold';
  return bad.has(outcome) ? 'deny' : 'neutral';
}

export const outcomeWords: Record<string, string> = {
  allow: 'Allowed',
  hold: 'Held',
  deny: 'Denied',
  succeeded: 'Succeeded',
  failed: 'Failed',
  unknown: 'Unknown',
  approved: 'Approved',
  rejected: 'Rejected',
  expired: 'Expired',
  cancelled: 'Cancelled',
  refused: 'Refused',
};

/** Kinds of events, for the filter; any other type can be written into the address. */
export const kinds = [
  { value: 'action.*', label: 'Actions, all' },
  { value: 'action.decided', label: 'Decisions' },
  { value: 'session.*', label: 'Sessions' },
  { value: 'approval.*', label: 'Approvals' },
  { value: 'review.*', label: 'Reviews' },
  { value: 'agent.*', label: 'Agents' },
  { value: 'credential.*', label: 'Credentials' },
  { value: 'role.*', label: 'Roles' },
  { value: 'permission.*', label: 'Permissions' },
  { value: 'tool.*', label: 'Tools' },
  { value: 'action_type.*', label: 'Action types' },
  { value: 'secret.*', label: 'Secrets' },
  { value: 'rotation.*', label: 'Rotations' },
  { value: 'compliance.*', label: 'Compliance' },
  { value: 'member.*', label: 'Members' },
  { value: 'token.*', label: 'Tokens' },
  { value: 'request.refused', label: 'Refused requests' },
  { value: 'trail.*', label: 'The trail itself' },
];
