import type { Metadata } from 'next';
import { EventPage } from '@/lib/domains/trail';
import { idIn } from '../../id-in';

export const metadata: Metadata = { title: 'Event' };

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const id = idIn('evt', (await params).id);
  return <EventPage key={id} id={id} />;
}
