import type { Metadata } from 'next';
import { WhoMayPanel } from '@/lib/domains/access';
import { ActionTypePage } from '@/lib/domains/catalog';
import { idIn } from '../../id-in';

export const metadata: Metadata = { title: 'Action type' };

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const id = idIn('aty', (await params).id);
  return <ActionTypePage id={id} whoMay={<WhoMayPanel actionType={id} />} />;
}
