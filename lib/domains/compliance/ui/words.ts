import { formatNumber } from '@/components/format';
import type { CheckResult } from '../schema';

/** What each check looks at, and where that is listed. */
const subjects: Record<string, { one: string; many: string; href: string }> = {
  sponsor_present: { one: 'agent', many: 'agents', href: '/agents' },
  unique_identity: { one: 'acting agent', many: 'acting agents', href: '/agents' },
  credential_age: { one: 'credential', many: 'credentials', href: '/agents' },
  unused_permission: { one: 'permission', many: 'permissions', href: '/roles' },
  clearance: { one: 'granted permission', many: 'granted permissions', href: '/agents' },
  irreversible_gated: {
    one: 'permission or permit to act irreversibly',
    many: 'permissions and permits to act irreversibly',
    href: '/roles',
  },
  separation_of_duties: {
    one: 'decision or agent',
    many: 'decisions and agents',
    href: '/approvals?status=decided',
  },
  sample_reviewed: { one: 'sampled action', many: 'sampled actions', href: '/reviews' },
  trail_verified: { one: 'verification', many: 'verifications', href: '/trail/verification' },
  approver_second_factor: { one: 'approver', many: 'approvers', href: '/approvals/approvers' },
};

/** Where what a check looks at is listed. */
export function listOf(check: string): string | undefined {
  return subjects[check]?.href;
}

/** "12 agents", or "nothing" */
export function examinedWords({ check, evidence }: Pick<CheckResult, 'check' | 'evidence'>) {
  const { examined } = evidence;
  const subject = subjects[check];
  if (examined === 0) return 'nothing';
  return `${formatNumber(examined)} ${examined === 1 ? (subject?.one ?? 'thing') : (subject?.many ?? 'things')}`;
}

/** What was seen, in a sentence; that nothing was there to look at is no finding that all is well. */
export function seenWords(result: CheckResult): string {
  if (result.status !== 'pass') return result.summary;
  if (result.evidence.examined === 0) return 'There was nothing to look at';
  return `${examinedWords(result)} looked at, nothing wrong`;
}

type Found = CheckResult['evidence']['found'][number];

/** Each by what a finding names: the most particular first. */
const pages: [string, (id: string, found: Found) => string | undefined][] = [
  ['sample', (id) => `/reviews/${id}`],
  ['verification', () => '/trail/verification'],
  ['credential', (_, { agent }) => (agent ? `/agents/${agent}?tab=credentials` : undefined)],
  ['action', (id) => `/trail/actions/${id}`],
  ['agent', (id, { permission }) => `/agents/${id}${permission ? '?tab=permissions' : ''}`],
  ['permission', () => '/roles'],
  ['policy', () => '/policies/cedar'],
  ['member', () => '/settings?tab=members'],
];

/** Where a finding is put right, or looked at. */
export function pageOf(check: string, found: Found): string | undefined {
  for (const [kind, page] of pages) {
    const id = found[kind];
    const href = typeof id === 'string' ? page(id, found) : undefined;
    if (href !== undefined) return href;
  }
  return listOf(check);
}
