import type { Metadata } from 'next';
import { TrailPage } from '@/lib/domains/trail';
import { maySearch } from '@/lib/domains/trail/server';
import { pageContext } from '@/lib/http/page-session';

export const metadata: Metadata = { title: 'Trail' };

export default async function Page() {
  const ctx = await pageContext();
  return ctx && <TrailPage can={maySearch(ctx.actor)} />;
}
