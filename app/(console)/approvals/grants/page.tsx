import type { Metadata } from 'next';
import { GrantsPage } from '@/lib/domains/approvals';

export const metadata: Metadata = { title: 'Grants' };

export default function Page() {
  return <GrantsPage />;
}
