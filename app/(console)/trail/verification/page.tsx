import type { Metadata } from 'next';
import { VerificationPage } from '@/lib/domains/trail';
import { maySeeCheckpoint } from '@/lib/domains/trail/server';
import { pageContext } from '@/lib/http/page-session';

export const metadata: Metadata = { title: 'Verification' };

export default async function Page() {
  const ctx = await pageContext();
  return ctx && <VerificationPage can={maySeeCheckpoint(ctx.actor)} />;
}
