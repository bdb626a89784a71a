import type { Metadata } from 'next';
import { StoryPage } from '@/lib/domains/trail';

export const metadata: Metadata = { title: 'Action' };

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return <StoryPage key={id} action={id} />;
}
