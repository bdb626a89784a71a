import type { Metadata } from 'next';
import { DraftPage } from '@/lib/domains/access';

export const metadata: Metadata = { title: 'Draft' };

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return <DraftPage id={id} />;
}
