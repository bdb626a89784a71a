import { LinkTabs } from '@/components/ui';

const tabs = [
  { href: '/approvals', label: 'Queue' },
  { href: '/approvals/grants', label: 'Grants' },
  { href: '/approvals/routing', label: 'Who approves what' },
  { href: '/approvals/load', label: 'Load' },
  { href: '/approvals/approvers', label: 'Approvers' },
];

/** The views of approvals. */
export function ApprovalTabs() {
  return <LinkTabs label="Approvals" tabs={tabs} />;
}
