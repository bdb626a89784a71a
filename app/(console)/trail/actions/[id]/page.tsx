import type { Metadata } from 'next';
import { StoryPage } from '@/lib/domains/trail';
import { idIn } from '../../../id-in';

export const metadata: Metadata = { title: 'Action' };

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const id = idIn('act', (await params).id);
  return <StoryPage key={id} action={id} />;
}
