import type { Metadata } from 'next';
import { EventPage } from '@/lib/domains/trail';

export const metadata: Metadata = { title: 'Event' };

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return <EventPage key={id} id={id} />;
}
