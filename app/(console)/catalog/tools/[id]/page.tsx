import type { Metadata } from 'next';
import { ToolPage } from '@/lib/domains/catalog';
import { idIn } from '../../../id-in';

export const metadata: Metadata = { title: 'Tool' };

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  return <ToolPage id={idIn('tol', (await params).id)} />;
}
