import type { Metadata } from 'next';
import { SinkPage } from '@/lib/domains/trail';
import { maySeeSinks } from '@/lib/domains/trail/server';
import { pageContext } from '@/lib/http/page-session';

export const metadata: Metadata = { title: 'Sink' };

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const ctx = await pageContext();
  return ctx && <SinkPage id={(await params).id} can={maySeeSinks(ctx.actor)} />;
}
