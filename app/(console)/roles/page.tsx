import type { Metadata } from 'next';
import { RolesPage } from '@/lib/domains/access';

export const metadata: Metadata = { title: 'Roles' };

export default function Page() {
  return <RolesPage />;
}
