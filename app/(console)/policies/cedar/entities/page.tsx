import type { Metadata } from 'next';
import { EntitiesPage } from '@/lib/domains/access';

export const metadata: Metadata = { title: 'Entities' };

export default function Page() {
  return <EntitiesPage />;
}
