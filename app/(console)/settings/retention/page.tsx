import type { Metadata } from 'next';
import { RetentionPage } from '@/lib/domains/trail';
import { maySeeRetention } from '@/lib/domains/trail/server';
import { pageContext } from '@/lib/http/page-session';

export const metadata: Metadata = { title: 'Retention and legal holds' };

export default async function Page() {
  const ctx = await pageContext();
  return ctx && <RetentionPage can={maySeeRetention(ctx.actor)} />;
}
