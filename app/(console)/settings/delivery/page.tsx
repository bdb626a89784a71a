import type { Metadata } from 'next';
import { DeliveryPage } from '@/lib/domains/trail';
import { mayManageSinks, maySeeSinks } from '@/lib/domains/trail/server';
import { pageContext } from '@/lib/http/page-session';

export const metadata: Metadata = { title: 'Delivery' };

export default async function Page() {
  const ctx = await pageContext();
  if (!ctx) return null;
  return <DeliveryPage can={{ see: maySeeSinks(ctx.actor), add: mayManageSinks(ctx.actor) }} />;
}
