import type { Metadata } from 'next';
import { OverviewPage } from '@/lib/domains/monitoring';

export const metadata: Metadata = { title: 'Overview' };

export default function Overview() {
  return <OverviewPage />;
}
