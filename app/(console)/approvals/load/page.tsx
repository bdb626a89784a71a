import type { Metadata } from 'next';
import { LoadPage } from '@/lib/domains/approvals';

export const metadata: Metadata = { title: 'Approval load' };

export default function Page() {
  return <LoadPage />;
}
