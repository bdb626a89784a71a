import type { Metadata } from 'next';
import { ActionTypePage } from '@/lib/domains/catalog';

export const metadata: Metadata = { title: 'Action type' };

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  return <ActionTypePage id={(await params).id} />;
}
