import type { Metadata } from 'next';
import { RoutingPage } from '@/lib/domains/approvals';

export const metadata: Metadata = { title: 'Who approves what' };

export default function Page() {
  return <RoutingPage />;
}
