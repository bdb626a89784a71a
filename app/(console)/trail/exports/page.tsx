import type { Metadata } from 'next';
import { ExportsPage } from '@/lib/domains/trail';
import { mayExport } from '@/lib/domains/trail/server';
import { pageContext } from '@/lib/http/page-session';

export const metadata: Metadata = { title: 'Exports' };

export default async function Page() {
  const ctx = await pageContext();
  return ctx && <ExportsPage can={mayExport(ctx.actor)} />;
}
