import type { Metadata } from 'next';
import { SinkPage } from '@/lib/domains/trail';
import { maySeeSinks } from '@/lib/domains/trail/server';
import { pageContext } from '@/lib/http/page-session';
import { idIn } from '../../../id-in';

export const metadata: Metadata = { title: 'Sink' };

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const ctx = await pageContext();
  return ctx && <SinkPage id={idIn('snk', (await params).id)} can={maySeeSinks(ctx.actor)} />;
}
