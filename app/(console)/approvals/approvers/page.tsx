import type { Metadata } from 'next';
import { ApproversPage } from '@/lib/domains/approvals';

export const metadata: Metadata = { title: 'Approvers' };

export default function Page() {
  return <ApproversPage />;
}
