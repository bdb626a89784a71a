import type { Metadata } from 'next';
import { RoleView } from './role-view';
import { idIn } from '../../id-in';

export const metadata: Metadata = { title: 'Role' };

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  return <RoleView id={idIn('rol', (await params).id)} />;
}
