import type { Metadata } from 'next';
import { ReviewPage } from '@/lib/domains/reviews';
import { idIn } from '../../id-in';

export const metadata: Metadata = { title: 'Review' };

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  return <ReviewPage id={idIn('smp', (await params).id)} />;
}
