import type { Metadata } from 'next';
import { WhoMayPanel } from '@/lib/domains/access';
import { ActionTypePage } from '@/lib/domains/catalog';

export const metadata: Metadata = { title: 'Action type' };

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return <ActionTypePage id={id} whoMay={<WhoMayPanel actionType={id} />} />;
}
