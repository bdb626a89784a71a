import type { Metadata } from 'next';
import { PoliciesPage } from '@/lib/domains/access';

export const metadata: Metadata = { title: 'Policies' };

export default function Page() {
  return <PoliciesPage />;
}
