import type { Metadata } from 'next';
import { AdvisorPage } from '@/lib/domains/access';

export const metadata: Metadata = { title: 'Advisor' };

export default function Page() {
  return <AdvisorPage />;
}
