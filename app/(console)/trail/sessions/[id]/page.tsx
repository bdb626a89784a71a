import type { Metadata } from 'next';
import { SessionPage } from '@/lib/domains/trail';

export const metadata: Metadata = { title: 'Session' };

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return <SessionPage key={id} session={id} />;
}
