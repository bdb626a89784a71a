import type { Metadata } from 'next';
import { RoleView } from './role-view';

export const metadata: Metadata = { title: 'Role' };

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  return <RoleView id={(await params).id} />;
}
