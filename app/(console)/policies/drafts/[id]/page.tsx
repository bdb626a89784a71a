import type { Metadata } from 'next';
import { DraftPage } from '@/lib/domains/access';
import { idIn } from '../../../id-in';

export const metadata: Metadata = { title: 'Draft' };

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const id = idIn('pdr', (await params).id);
  return <DraftPage id={id} />;
}
