import type { Metadata } from 'next';
import { SessionPage } from '@/lib/domains/trail';
import { idIn } from '../../../id-in';

export const metadata: Metadata = { title: 'Session' };

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const id = idIn('ses', (await params).id);
  return <SessionPage key={id} session={id} />;
}
